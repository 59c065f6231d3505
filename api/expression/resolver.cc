#include "api/expression/resolver.h"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <set>
#include <string>
#include <string_view>
#include <utility>

namespace dynolith::api {

using storage::DocumentPath;
using storage::EncodedValue;
using storage::Error;
using storage::request_error;
using storage::Result;

Result<DocumentPath> Resolver::path(const Node& node) {
  DocumentPath path;
  path.steps.reserve(node.count);
  for (const PathPart& part : tree_.parts(node)) {
    switch (part.kind) {
      case PathPart::Kind::kIdentifier:
        path.steps.emplace_back(std::string(part.text));
        break;
      case PathPart::Kind::kPlaceholder: {
        const std::string* const name = placeholders_.use_name(part.text);
        if (name == nullptr) {
          return request_error(
              "An expression attribute name used in the document path is not defined; attribute "
              "name: " +
              std::string(part.text));
        }
        path.steps.emplace_back(*name);
        break;
      }
      case PathPart::Kind::kIndex: {
        uint32_t index = 0;
        std::from_chars(part.text.data(), part.text.data() + part.text.size(), index);
        path.steps.emplace_back(index);
        break;
      }
    }
  }
  return path;
}

Result<EncodedValue> Resolver::value(const Node& node) {
  const EncodedValue* const value = placeholders_.use_value(node.text);
  if (value == nullptr) {
    return request_error(
        "An expression attribute value used in expression is not defined; attribute value: " +
        std::string(node.text));
  }
  return *value;
}

Error operand_type_error(std::string_view operation, storage::AttributeType type) {
  std::string message = "Incorrect operand type for operator or function; operator or function: ";
  message += operation;
  message += ", operand type: ";
  message += type_name(type);
  return request_error(std::move(message));
}

Error operand_count_error(const Node& call) {
  return request_error(
      "Incorrect number of operands for operator or function; operator or function: " +
      std::string(call.text) + ", number of operands: " + std::to_string(call.count));
}

Error needs_path_error(const Node& call) {
  return request_error("Operator or function requires a document path; operator or function: " +
                       std::string(call.text));
}

namespace {

Error paths_error(std::string_view problem, const DocumentPath& one, const DocumentPath& two) {
  std::string message = "Two document paths ";
  message += problem;
  message += " with each other; must remove or rewrite one of these paths; path one: ";
  message += one.to_text();
  message += ", path two: ";
  message += two.to_text();
  return request_error(std::move(message));
}

using PathTest = bool (&)(const DocumentPath&, const DocumentPath&);

bool precedes(const DocumentPath* a, const DocumentPath* b) { return a->steps < b->steps; }

// The first pair in the order written, the earlier path being "path one".
//
// In sorted order a path's extensions follow it, and the members and the elements of one parent
// stand next to each other: of paths that do not clash, one that clashes with any clashes with a
// neighbour.
Result<void> check_pairs(const std::vector<const DocumentPath*>& paths, PathTest clash,
                         std::string_view problem) {
  std::set<const DocumentPath*, decltype(&precedes)> earlier(&precedes);
  for (const DocumentPath* path : paths) {
    const auto next = earlier.lower_bound(path);
    const bool clashes = (next != earlier.end() && clash(**next, *path)) ||
                         (next != earlier.begin() && clash(**std::prev(next), *path));
    if (clashes) {
      const auto first = std::find_if(paths.begin(), paths.end(), [&](const DocumentPath* other) {
        return clash(*other, *path);
      });
      return paths_error(problem, **first, *path);
    }
    earlier.insert(next, path);
  }
  return {};
}

// Mostly there is nothing to report, which is quicker to find out.
bool any_clash(std::vector<const DocumentPath*> paths) {
  if (paths.size() < 2) return false;
  std::sort(paths.begin(), paths.end(), precedes);
  const auto clash = [](const DocumentPath* a, const DocumentPath* b) {
    return paths_overlap(*a, *b) || paths_conflict(*a, *b);
  };
  return std::adjacent_find(paths.begin(), paths.end(), clash) != paths.end();
}

}  // namespace

Result<void> check_distinct_paths(const std::vector<const DocumentPath*>& paths) {
  if (!any_clash(paths)) [[likely]]
    return {};
  TRY(check_pairs(paths, storage::paths_overlap, "overlap"));
  return check_pairs(paths, storage::paths_conflict, "conflict");
}

Error in_expression(Error error, std::string_view parameter) {
  std::string message = "Invalid ";
  message += parameter;
  message += ": ";
  message += error.message;
  error.message = std::move(message);
  return error;
}

}  // namespace dynolith::api
