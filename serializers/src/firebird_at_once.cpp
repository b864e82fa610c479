#include "firebird_at_once.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstring>
#include <deque>
#include <string_view>
#include <vector>

#include "backend.hpp"

namespace affix::detail {
namespace {

constexpr short null = -1;
/// The character set of the connection.
constexpr short charset_of_connection = 127;
/// The most bytes of a text, and of all values of a statement.
constexpr std::size_t max_text = 32'765;
constexpr std::size_t max_message = 60'000;

/// Descriptions of values, as many as asked for.
class Descriptors {
 public:
  explicit Descriptors(std::size_t count)
      : memory_(XSQLDA_LENGTH(std::max<std::size_t>(count, 1))) {
    get()->version = SQLDA_VERSION1;
    get()->sqln = get()->sqld = static_cast<short>(count);
  }

  XSQLDA* get() noexcept { return reinterpret_cast<XSQLDA*>(memory_.data()); }
  void set(std::size_t at, short type, std::size_t size, char* data, short* indicator) {
    XSQLVAR& variable = get()->sqlvar[at];
    variable.sqltype = static_cast<short>(type | 1);  // may be NULL
    variable.sqlsubtype = type == SQL_VARYING ? charset_of_connection : short{0};
    variable.sqllen = static_cast<short>(size);
    variable.sqldata = data;
    variable.sqlind = indicator;
  }

 private:
  std::vector<char> memory_;
};

/// The parameters in the form in which Firebird takes them.
class Message {
 public:
  explicit Message(std::span<const Parameter> parameters)
      : descriptors_(parameters.size()), indicators_(parameters.size()) {
    for (std::size_t i = 0; i < parameters.size(); ++i) {
      indicators_[i] = parameters[i].indicator == soci::i_null ? null : short{0};
      std::visit([&](const auto& value) { add(i, value); }, parameters[i].value);
    }
  }

  bool fits() const noexcept { return fits_ && size_ <= max_message; }
  XSQLDA* get() noexcept { return descriptors_.get(); }

 private:
  void add(std::size_t at, const std::string& text) {
    const std::size_t size = std::min(text.size(), max_text);
    fits_ = fits_ && size == text.size();
    const auto length = static_cast<unsigned short>(size);
    std::vector<char>& bytes = values_.emplace_back(sizeof length + size);
    std::memcpy(bytes.data(), &length, sizeof length);
    std::copy_n(text.data(), size, bytes.data() + sizeof length);
    describe(at, SQL_VARYING, std::max<std::size_t>(size, 1), bytes);
  }
  void add(std::size_t at, const DocumentText& document) {
    if (document.text.empty()) indicators_[at] = null;
    add(at, document.text);
  }
  void add(std::size_t at, long long number) { add_number(at, SQL_INT64, ISC_INT64{number}); }
  void add(std::size_t at, double number) { add_number(at, SQL_DOUBLE, number); }
  template <class Number>
  void add_number(std::size_t at, short type, Number number) {
    std::vector<char>& bytes = values_.emplace_back(sizeof number);
    std::memcpy(bytes.data(), &number, sizeof number);
    describe(at, type, sizeof number, bytes);
  }
  void describe(std::size_t at, short type, std::size_t size, std::vector<char>& bytes) {
    descriptors_.set(at, type, size, bytes.data(), &indicators_[at]);
    size_ += bytes.size();
  }

  Descriptors descriptors_;
  std::vector<short> indicators_;
  std::deque<std::vector<char>> values_;
  std::size_t size_ = 0;
  bool fits_ = true;
};

/// The text with question marks for the names of parameters; names inside of quotes are none.
/// Nothing if the names are not `count` ones in their order.
std::optional<std::string> with_question_marks(const std::string& text, std::size_t count) {
  std::string result;
  std::size_t found = 0;
  char quote = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quote != 0) {
      if (c == quote) quote = 0;
    } else if (c == '\'' || c == '"') {
      quote = c;
    } else if (c == ':') {
      const std::string name = "p" + std::to_string(found);
      std::size_t end = i + 1;
      while (end < text.size() && std::isalnum(static_cast<unsigned char>(text[end])) != 0) ++end;
      if (text.compare(i + 1, end - i - 1, name) != 0) return std::nullopt;
      ++found;
      result += '?';
      i = end - 1;
      continue;
    }
    result += c;
  }
  if (found != count) return std::nullopt;
  return result;
}

bool is_ascii(char c) { return static_cast<unsigned char>(c) < 0x80; }

/// What the client says of a statement.
class Status {
 public:
  ISC_STATUS* get() noexcept { return codes_.data(); }
  bool failed() const noexcept { return codes_[0] == isc_arg_gds && codes_[1] != 0; }
  bool is(ISC_STATUS code) const noexcept { return failed() && codes_[1] == code; }
  /// Whether the statement found several rows; the same in a trigger has more to say.
  bool is_about_several_rows() const noexcept {
    return is(isc_sing_select_err) && codes_[2] == isc_arg_end;
  }
  /// Whether somebody else was in the way, for whom the statement may have waited.
  bool is_about_others() const noexcept {
    constexpr std::array<ISC_STATUS, 5> codes{isc_deadlock, isc_update_conflict, isc_lock_conflict,
                                              isc_lock_timeout, isc_cancelled};
    return std::ranges::any_of(codes, [&](ISC_STATUS code) { return is(code); });
  }
  [[noreturn]] void raise() const {
    std::string message;
    std::array<char, soci::SOCI_FIREBIRD_ERRMSG> line{};
    const ISC_STATUS* rest = codes_.data();
    while (fb_interpret(line.data(), line.size(), &rest) != 0) {
      message.append(message.empty() ? "" : "\n").append(line.data());
    }
    throw soci::firebird_soci_error(message, codes_.data());
  }

 private:
  std::array<ISC_STATUS, soci::stat_size> codes_{};
};

Status execute(soci::session& session, isc_tr_handle& transaction, const std::string& statement,
               Message& message, Descriptors& answer) {
  constexpr unsigned short ends_in_zero = 0;
  Status status;
  isc_dsql_exec_immed2(status.get(), &native<soci::firebird_session_backend>(session).dbhp_,
                       &transaction, ends_in_zero, statement.c_str(), SQL_DIALECT_V6, message.get(),
                       answer.get());
  return status;
}

}  // namespace

std::optional<int> change_one_on_firebird(soci::session& session, isc_tr_handle& transaction,
                                          const std::string& text,
                                          std::span<const Parameter> parameters) {
  const auto statement = with_question_marks(text, parameters.size());
  Message message(parameters);
  if (!statement || !message.fits()) return std::nullopt;
  session.log_query(text);
  ISC_LONG one = 0;
  short has_one = null;
  Descriptors answer(1);
  answer.set(0, SQL_LONG, sizeof one, reinterpret_cast<char*>(&one), &has_one);
  // The server does not say otherwise whether it found a row. Without one, version 3 answers NULL.
  const Status status = execute(session, transaction, *statement + " returning 1", message, answer);
  if (status.is(isc_stream_eof)) return 0;
  if (status.is_about_several_rows()) return 2;
  if (status.failed()) status.raise();
  return has_one == null ? 0 : 1;
}

std::optional<FoundCell> read_one_on_firebird(soci::session& session, isc_tr_handle& transaction,
                                              const std::string& column, const std::string& source,
                                              std::span<const Parameter> parameters) {
  // As long as a text can be that comes along with the row. As a text from the first cast on: the
  // server makes dots of what is not ASCII in a BLOB that is none.
  const auto statement = with_question_marks(
      "select cast(cast(" + column +
          " as blob sub_type text character set utf8) as varchar(8191) character set utf8)" +
          source,
      parameters.size());
  Message message(parameters);
  if (!statement || !message.fits()) return std::nullopt;
  std::vector<char> text(sizeof(unsigned short) + max_text);
  short has_text = null;
  Descriptors answer(1);
  answer.set(0, SQL_VARYING, max_text, text.data(), &has_text);
  const Status status = execute(session, transaction, *statement, message, answer);
  const bool none = status.is(isc_stream_eof), several = status.is_about_several_rows();
  if (status.is_about_others()) status.raise();
  // A longer text above all. SOCI reads it, or says what it is.
  if (status.failed() && !none && !several) return std::nullopt;
  unsigned short size = 0;
  if (has_text != null) std::memcpy(&size, text.data(), sizeof size);
  const std::string_view read(text.data() + sizeof size, size);
  // What was not stored as UTF-8, or is not read as such, SOCI gives as it is.
  if (!std::ranges::all_of(read, is_ascii)) return std::nullopt;
  session.log_query("select " + column + source);
  if (none || several) return FoundCell{.rows = several ? 2 : 0};
  FoundCell found{.rows = 1};
  found.cell.indicator = has_text == null ? soci::i_null : soci::i_ok;
  found.cell.text() = read;
  return found;
}

}  // namespace affix::detail
