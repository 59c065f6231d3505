// The small XML of the token service: what is read of it, and what is refused.
#include "odm/remote/xml_texts.h"

#include <gtest/gtest.h>

namespace dynolith::odm {
namespace {

TEST(XmlTexts, GivesTheTextsOfLeavesByTheirPaths) {
  const std::pair<std::string_view, XmlTexts> cases[] = {
      {"<a>x</a>", {{"a", "x"}}},
      {"<a/>", {{"a", ""}}},
      {"<a></a >", {{"a", ""}}},
      {"\xef\xbb\xbf<?xml version=\"1.0\"?>\n<!-- <b> --><a>\n x y \n</a><!-- end -->\n",
       {{"a", "x y"}}},
      {"<a><b>1</b><c><d>2</d></c></a>", {{"a/b", "1"}, {"a/c/d", "2"}}},
      {"<a><b>1</b><b>2</b></a>", {{"a/b", "1"}}},
      {"<s:a xmlns:s=\"urn:x>y\" z = '<\"'><s:b q=\"\"/></s:a>", {{"a/b", ""}}},
      {"<a>1 &lt; 2 &amp;&amp; &quot;x&apos; &#65;&#x42;&#xe9;&#x20AC;&#x1F600;</a>",
       {{"a", "1 < 2 && \"x' ABé€😀"}}},
      {"<a>&amp;lt;<![CDATA[<b>&amp;]]></a>", {{"a", "&lt;<b>&amp;"}}},
      {"<a>x<!-- y -->z<?w?></a>", {{"a", "xz"}}},
      {"<a>text beside<b>leaf</b></a>", {{"a/b", "leaf"}}},
  };
  for (const auto& [document, texts] : cases) {
    const auto parsed = parse_xml_texts(document);
    ASSERT_TRUE(parsed) << document;
    EXPECT_EQ(*parsed, texts) << document;
  }
}

TEST(XmlTexts, RefusesWhatIsNone) {
  const std::string_view cases[] = {
      "",
      "  ",
      "text",
      "{\"a\": 1}",
      "<a>",
      "</a>",
      "<a></b>",
      "<a><b></a></b>",
      "<a></a><b></b>",
      "<a/><a/>",
      "<a></a>text",
      "text<a></a>",
      "<a",
      "<a/",
      "<",
      "<>",
      "< a></a>",
      "<a b></a>",
      "<a b=c></a>",
      "<a b=\"c></a>",
      "<a b=\"c\"d=\"e\"></a>",
      "<a>&</a>",
      "<a>&amp</a>",
      "<a>&nbsp;</a>",
      "<a>&#;</a>",
      "<a>&#x;</a>",
      "<a>&#0;</a>",
      "<a>&#xD800;</a>",
      "<a>&#x110000;</a>",
      "<a>&#99999999999;</a>",
      "<a>\xff</a>",
      "<!-- a",
      "<a><![CDATA[x</a>",
      "<![CDATA[x]]>",
      "<?xml",
      "<!DOCTYPE a><a/>",
      "<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>",
  };
  for (const std::string_view document : cases) EXPECT_FALSE(parse_xml_texts(document)) << document;
}

TEST(XmlTexts, HasLimits) {
  const auto nested = [](int depth) {
    std::string document;
    for (int i = 0; i < depth; ++i) document += "<a>";
    for (int i = 0; i < depth; ++i) document += "</a>";
    return document;
  };
  EXPECT_TRUE(parse_xml_texts(nested(16)));
  EXPECT_FALSE(parse_xml_texts(nested(17)));
  const auto many = [](int count) {
    std::string document = "<r>";
    for (int i = 1; i < count; ++i) document += "<a/>";
    return document + "</r>";
  };
  EXPECT_TRUE(parse_xml_texts(many(1000)));
  EXPECT_FALSE(parse_xml_texts(many(1001)));
  EXPECT_TRUE(parse_xml_texts("<" + std::string(128, 'a') + "/>"));
  EXPECT_FALSE(parse_xml_texts("<" + std::string(129, 'a') + "/>"));
}

// Whatever is cut off or changed, it ends, and never with what was not there.
TEST(XmlTexts, SurvivesEveryCutAndChange) {
  const std::string document =
      "<?xml version='1.0'?><!-- c --><r x=\"1\"><a>&lt;&#65;</a><![CDATA[d]]><b/></r>";
  for (size_t i = 0; i < document.size(); ++i) {
    EXPECT_FALSE(parse_xml_texts(document.substr(0, i)));
    for (const char c : {'<', '>', '&', '/', '"', '\0', '\xff'}) {
      std::string changed = document;
      changed[i] = c;
      (void)parse_xml_texts(changed);
    }
  }
}

}  // namespace
}  // namespace dynolith::odm
