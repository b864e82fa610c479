#pragma once

extern affix::AttachmentManager files;
