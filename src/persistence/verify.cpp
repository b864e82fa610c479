#include "persistence/verify.hpp"

#include <algorithm>

#include "affix/soci/session_state.hpp"

namespace affix::detail {

void IdSurvey::sort() { std::ranges::sort(hashes_); }

std::size_t IdSurvey::count(const std::string& id) const {
  const auto [first, last] =
      std::equal_range(hashes_.begin(), hashes_.end(), std::hash<std::string>{}(id));
  return static_cast<std::size_t>(last - first);
}

Verifier::Verifier(soci::session& sql, const ManagerCore& core, const VerifyOptions& options)
    : sql_(sql),
      core_(core),
      dialect_(dialect_of(sql)),
      options_(options),
      ledger_(sql, core),
      reaper_(sql, core, reap_options_),
      table_(dialect_.identifier(core.options().ledger.table)) {}

VerifyReport Verifier::run() {
  Stamps(sql_, core_).check();
  survey();
  check_rows();
  report_aliases();
  if (options_.coverage == VerifyOptions::Coverage::all) check_ledger();
  for (const std::string& name : core_.options().disks.names()) check_disk(name);
  return std::move(report_);
}

bool Verifier::is_old(TimePoint modified) const {
  return core_.now() - modified >= core_.options().grace;
}

void Verifier::report(Finding finding) {
  ++report_.total_findings;
  if (finding.repaired) ++report_.repaired;
  if (options_.found) options_.found(finding);
  if (report_.findings.size() < options_.max_findings) {
    report_.findings.push_back(std::move(finding));
  }
}

}  // namespace affix::detail

namespace affix {

std::string_view name(FindingKind kind) noexcept {
  switch (kind) {
    case FindingKind::unreadable:
      return "unreadable";
    case FindingKind::wrong_place:
      return "wrong_place";
    case FindingKind::missing_file:
      return "missing_file";
    case FindingKind::wrong_size:
      return "wrong_size";
    case FindingKind::wrong_checksum:
      return "wrong_checksum";
    case FindingKind::alias:
      return "alias";
    case FindingKind::unknown:
      return "unknown";
    case FindingKind::given_up:
      return "given_up";
    case FindingKind::unreferenced:
      return "unreferenced";
    case FindingKind::orphan:
      return "orphan";
    case FindingKind::unlisted_variant:
      return "unlisted_variant";
  }
  return {};
}

VerifyReport verify(soci::session& sql, AttachmentManager& files, const VerifyOptions& options) {
  const detail::ManagerCore& core = detail::ManagerAccess::core(files);
  if (!core.has_ledger()) {
    throw Error(Errc::unsupported, "Without a ledger there is nothing to compare with");
  }
  if (in_transaction(sql)) {
    throw Error(Errc::invalid_state, "To verify takes a session that is in no transaction");
  }
  return detail::Verifier(sql, core, options).run();
}

}  // namespace affix
