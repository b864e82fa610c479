#pragma once

extern soci::session sql;
affix::Attachment some_attachment();
