extern affix::Attachment planted;
