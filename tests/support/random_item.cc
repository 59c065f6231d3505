#include "tests/support/random_item.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <string_view>

namespace dynolith::test {
namespace {

using namespace storage;

size_t below(std::mt19937_64& random, size_t bound) { return random() % bound; }

// Sets hold each member once, ascending.
template <class T>
std::vector<T> as_set(std::vector<T> members) {
  std::sort(members.begin(), members.end());
  members.erase(std::unique(members.begin(), members.end()), members.end());
  return members;
}

std::string random_name(std::mt19937_64& random) {
  // Few distinct short names, so that some are prefixes of others and some come twice.
  constexpr std::string_view kLetters = "aab\x01z~";
  std::string name;
  const size_t size = 1 + below(random, 4);
  for (size_t i = 0; i < size; ++i) name += kLetters[below(random, kLetters.size())];
  if (below(random, 4) == 0) name += random_text(random, 20);
  return name;
}

AttributeValue random_scalar(std::mt19937_64& random, size_t bytes) {
  switch (below(random, 6)) {
    case 0:
    case 1:
      return random_text(random, bytes);
    case 2:
      return random_number(random);
    case 3:
      return Binary{random_bytes(random, bytes)};
    case 4:
      return below(random, 2) == 0;
    default:
      return Null{};
  }
}

AttributeValue random_set(std::mt19937_64& random, size_t bytes) {
  const size_t count = 1 + below(random, 6);
  const size_t each = bytes / count + 1;
  NumberSet numbers;
  std::vector<std::string> texts;
  const size_t kind = below(random, 3);
  for (size_t i = 0; i < count; ++i) {
    if (kind == 0) {
      numbers.members.push_back(random_number(random));
    } else {
      texts.push_back(kind == 1 ? random_text(random, each) : random_bytes(random, each));
    }
  }
  if (kind == 0) return NumberSet{as_set(std::move(numbers.members))};
  if (kind == 1) return StringSet{as_set(std::move(texts))};
  return BinarySet{as_set(std::move(texts))};
}

// Lists and maps, one in the other, down to a scalar on level `depth`.
AttributeValue spine(std::mt19937_64& random, int depth) {
  AttributeValue value = random_scalar(random, 8);
  for (int level = 1; level < depth; ++level) {
    if (below(random, 2) == 0) {
      List list;
      list.push_back(std::move(value));
      value = std::move(list);
    } else {
      Map map;
      map.emplace(random_name(random), std::move(value));
      value = std::move(map);
    }
  }
  return value;
}

}  // namespace

std::string random_text(std::mt19937_64& random, size_t bytes_max) {
  constexpr std::array<std::string_view, 12> kCharacters = {std::string_view("\0", 1),
                                                            "\x01",
                                                            "a",
                                                            "b",
                                                            "Z",
                                                            "\"",
                                                            "\x7f",
                                                            "\xc2\x80",
                                                            "\xc3\xa9",
                                                            "\xef\xbd\xa1",
                                                            "\xf0\x9d\x84\x9e",
                                                            "\xf4\x8f\xbf\xbf"};
  std::string text;
  const size_t size = below(random, bytes_max + 1);
  for (;;) {
    const std::string_view character = kCharacters[below(random, kCharacters.size())];
    if (text.size() + character.size() > size) return text;
    text += character;
  }
}

std::string random_bytes(std::mt19937_64& random, size_t bytes_max) {
  constexpr std::string_view kBytes("\x00\x01\x02\x7f\x80\xfe\xff\x00\xff", 9);
  std::string bytes(below(random, bytes_max + 1), '\0');
  for (char& byte : bytes) {
    byte =
        below(random, 4) == 0 ? static_cast<char>(random()) : kBytes[below(random, kBytes.size())];
  }
  return bytes;
}

Number random_number(std::mt19937_64& random) {
  std::string text = below(random, 2) == 0 ? "-" : "";
  switch (below(random, 4)) {
    case 0:  // Small integers.
      return Number(static_cast<int64_t>(below(random, 200)) - 100);
    case 1:
      return Number(static_cast<int64_t>(random()));
    case 2: {  // The lengths and exponents that people use.
      text += std::to_string(below(random, 100000)) + "." + std::to_string(below(random, 1000));
      break;
    }
    default: {  // Everything.
      const size_t digits = 1 + below(random, 38);
      text += static_cast<char>('1' + below(random, 9));
      text += '.';
      for (size_t i = 1; i < digits; ++i) text += static_cast<char>('0' + below(random, 10));
      text += "e" + std::to_string(static_cast<int>(below(random, 256)) - 130);
    }
  }
  auto number = Number::parse(text);
  if (!number.ok()) std::abort();
  return *number;
}

AttributeValue random_value(std::mt19937_64& random, int depth, size_t bytes) {
  const size_t kind = below(random, depth > 1 ? 8 : 5);
  if (kind < 4) return random_scalar(random, bytes);
  if (kind == 4) return random_set(random, bytes);
  const size_t count = below(random, 6);
  const size_t each = count == 0 ? 0 : bytes / count;
  if (kind < 7) {
    Map map;
    for (size_t i = 0; i < count; ++i) {
      map.insert_or_assign(random_name(random), random_value(random, depth - 1, each));
    }
    return map;
  }
  List list;
  for (size_t i = 0; i < count; ++i) list.push_back(random_value(random, depth - 1, each));
  return list;
}

Item random_item(std::mt19937_64& random, const RandomItemOptions& options) {
  Item item;
  const size_t count = 1 + below(random, 12);
  for (size_t i = 0; i < count; ++i) {
    item.insert_or_assign(random_name(random),
                          random_value(random, options.depth, options.bytes / count));
  }
  item.insert_or_assign("spine", spine(random, options.depth));
  return item;
}

}  // namespace dynolith::test
