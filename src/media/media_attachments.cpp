#include "affix/media/media_attachments.hpp"

#include "media/media_table.hpp"
#include "media/media_tables.hpp"
#include "persistence/row_access.hpp"

namespace affix {
namespace {

constexpr std::size_t rows_of_a_page = 500;

class MediaAttachments final : public AttachmentTable {
 public:
  explicit MediaAttachments(const MediaTables& tables)
      : tables_(detail::with_exact_names(tables)) {}

  void each(soci::session& sql,
            const std::function<void(std::span<const PlacedAttachment>)>& visit) const override {
    std::optional<std::string> last;
    do {
      std::vector<PlacedAttachment> page;
      {
        const detail::OpenedByStatement opened(sql);
        last = detail::MediaTable(sql, tables_)
                   .visit_page(last, rows_of_a_page,
                               [&](detail::MediaRow& row) { page.push_back(placed(row)); });
      }
      if (!page.empty()) visit(page);
    } while (last);
  }

  std::vector<PlacedAttachment> find(soci::session& sql, std::span<const std::string> ids,
                                     RowLock lock) const override {
    std::vector<PlacedAttachment> found;
    detail::MediaTable(sql, tables_).visit(ids, lock, [&](detail::MediaRow& row) {
      PlacedAttachment one = placed(row);
      if (!one.error) found.push_back(std::move(one));
    });
    return found;
  }

 private:
  PlacedAttachment placed(detail::MediaRow& row) const {
    PlacedAttachment one{.where = {.table = tables_.media, .row = row.id()},
                         .slot = detail::media_slot(row.id())};
    try {
      one.attachment = row.take().attachment;
    } catch (const Error& error) {
      one.error = error.with(one.where);
    }
    return one;
  }

  MediaTables tables_;
};

}  // namespace

std::shared_ptr<const AttachmentTable> make_media_attachments(const MediaTables& tables) {
  return std::make_shared<MediaAttachments>(tables);
}

}  // namespace affix
