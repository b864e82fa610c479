#pragma once

extern affix::Attachment planted;
