// The texts in a small XML document, for the one service whose answers are XML.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace dynolith::odm {

// What each element without elements in it says, by its path: "Answer/Result/Name". Of several of
// one path the first. Names are without their namespaces; attributes are not read; spaces around a
// text are dropped.
using XmlTexts = std::map<std::string, std::string, std::less<>>;

// Nothing if it is not well-formed, has a document type (and so entities of its own), nests deeper
// than 16 elements, has more than 1000 or names longer than 128 bytes.
std::optional<XmlTexts> parse_xml_texts(std::string_view document);

}  // namespace dynolith::odm
