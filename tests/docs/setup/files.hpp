extern affix::AttachmentManager files;
