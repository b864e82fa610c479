#pragma once

extern soci::session sql;
extern affix::AttachmentManager files;
constexpr affix::ColumnField user_avatar{
    .table = "users", .column = "avatar", .key = "id", .variants = {"thumb"}};
