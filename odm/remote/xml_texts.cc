#include "odm/remote/xml_texts.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <utility>
#include <vector>

#include "storage/value/utf8.h"

namespace dynolith::odm {
namespace {

constexpr size_t kDepthMax = 16;
constexpr size_t kElementsMax = 1000;
constexpr size_t kNameBytesMax = 128;
constexpr std::string_view kBlanks = " \t\r\n";
constexpr std::array<std::pair<std::string_view, char>, 5> kEntities = {
    {{"lt", '<'}, {"gt", '>'}, {"amp", '&'}, {"quot", '"'}, {"apos", '\''}}};

bool is_blank(char c) { return kBlanks.find(c) != std::string_view::npos; }

std::string_view trimmed(std::string_view text) {
  const size_t begin = text.find_first_not_of(kBlanks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kBlanks) - begin + 1);
}

void append_utf8(uint32_t code, std::string& out) {
  const auto tail = [&out, code](int shift) {
    out.push_back(static_cast<char>(0x80 | ((code >> shift) & 0x3f)));
  };
  if (code < 0x80) {
    out.push_back(static_cast<char>(code));
  } else if (code < 0x800) {
    out.push_back(static_cast<char>(0xc0 | (code >> 6)));
    tail(0);
  } else if (code < 0x10000) {
    out.push_back(static_cast<char>(0xe0 | (code >> 12)));
    tail(6);
    tail(0);
  } else {
    out.push_back(static_cast<char>(0xf0 | (code >> 18)));
    tail(12);
    tail(6);
    tail(0);
  }
}

class XmlReader {
 public:
  explicit XmlReader(std::string_view document) : rest_(document) {}

  std::optional<XmlTexts> read() {
    take("\xef\xbb\xbf");  // A byte order mark.
    while (!rest_.empty()) {
      if (!read_piece()) return std::nullopt;
    }
    if (!open_.empty() || elements_ == 0) return std::nullopt;
    return std::move(texts_);
  }

 private:
  struct Element {
    std::string_view name;  // With its namespace.
    size_t path_size;       // Of what is outside.
    std::string text;
    bool has_elements = false;
  };

  bool read_piece() {
    if (take("<!--")) return skip_past("-->");
    if (take("<![CDATA[")) return read_cdata();
    if (take("<?")) return skip_past("?>");
    if (rest_.starts_with("<!")) return false;
    if (take("</")) return read_end();
    if (take("<")) return read_start();
    return read_text();
  }

  bool take(std::string_view text) {
    if (!rest_.starts_with(text)) return false;
    rest_.remove_prefix(text.size());
    return true;
  }
  bool skip_past(std::string_view text) {
    const size_t found = rest_.find(text);
    if (found == std::string_view::npos) return false;
    rest_.remove_prefix(found + text.size());
    return true;
  }
  void skip_blanks() {
    while (!rest_.empty() && is_blank(rest_.front())) rest_.remove_prefix(1);
  }

  bool read_cdata() {
    const size_t end = rest_.find("]]>");
    if (end == std::string_view::npos || open_.empty()) return false;
    open_.back().text.append(rest_.substr(0, end));
    return skip_past("]]>");
  }

  // Empty: there is none.
  std::string_view take_name() {
    const size_t end = rest_.find_first_of(" \t\r\n<>/=\"'&");
    const std::string_view name = rest_.substr(0, end);
    rest_.remove_prefix(name.size());
    return name;
  }

  bool read_start() {
    if (open_.size() == kDepthMax || ++elements_ > kElementsMax) return false;
    if (open_.empty() && elements_ > 1) return false;  // A second root.
    const std::string_view name = take_name();
    if (name.empty() || name.size() > kNameBytesMax) return false;
    if (!open_.empty()) open_.back().has_elements = true;
    open_.push_back({name, path_.size(), {}});
    if (!path_.empty()) path_.push_back('/');
    path_.append(name.substr(name.rfind(':') + 1));
    for (;;) {
      const size_t before = rest_.size();
      skip_blanks();
      if (take(">")) return true;
      if (take("/>")) return close();
      if (rest_.size() == before || !skip_attribute()) return false;
    }
  }

  bool skip_attribute() {
    if (take_name().empty()) return false;
    skip_blanks();
    if (!take("=")) return false;
    skip_blanks();
    if (take("\"")) return skip_past("\"");
    return take("'") && skip_past("'");
  }

  bool read_end() {
    const std::string_view name = take_name();
    skip_blanks();
    return take(">") && !open_.empty() && open_.back().name == name && close();
  }

  bool close() {
    Element& element = open_.back();
    if (!element.has_elements) {
      const std::string_view text = trimmed(element.text);
      if (!storage::is_valid_utf8(text)) return false;
      texts_.try_emplace(path_, text);
    }
    path_.resize(element.path_size);
    open_.pop_back();
    return true;
  }

  bool read_text() {
    const std::string_view text = rest_.substr(0, rest_.find('<'));
    rest_.remove_prefix(text.size());
    if (open_.empty()) return trimmed(text).empty();
    return append_decoded(text, open_.back().text);
  }

  static bool append_decoded(std::string_view text, std::string& out) {
    while (!text.empty()) {
      const size_t plain = std::min(text.find('&'), text.size());
      out.append(text.substr(0, plain));
      text.remove_prefix(plain);
      if (text.empty()) break;
      const size_t end = text.find(';');
      if (end == std::string_view::npos || !append_entity(text.substr(1, end - 1), out))
        return false;
      text.remove_prefix(end + 1);
    }
    return true;
  }

  static bool append_entity(std::string_view name, std::string& out) {
    for (const auto& [entity, character] : kEntities) {
      if (name != entity) continue;
      out.push_back(character);
      return true;
    }
    if (!name.starts_with('#')) return false;
    name.remove_prefix(1);
    const bool is_hex = name.starts_with('x');
    if (is_hex) name.remove_prefix(1);
    uint32_t code = 0;
    const auto [end, error] =
        std::from_chars(name.data(), name.data() + name.size(), code, is_hex ? 16 : 10);
    const bool is_surrogate = code >= 0xd800 && code < 0xe000;
    if (error != std::errc() || end != name.data() + name.size() || code == 0 || code > 0x10ffff ||
        is_surrogate)
      return false;
    append_utf8(code, out);
    return true;
  }

  std::string_view rest_;
  std::vector<Element> open_;
  std::string path_;
  size_t elements_ = 0;
  XmlTexts texts_;
};

}  // namespace

std::optional<XmlTexts> parse_xml_texts(std::string_view document) {
  return XmlReader(document).read();
}

}  // namespace dynolith::odm
