// Amazon resource names, as the service writes them. There is one account: 000000000000.
#pragma once

#include <string>
#include <string_view>

namespace dynolith::api {

inline constexpr std::string_view kAccountId = "000000000000";

// arn:aws:dynamodb:<region>:000000000000:table/<table>
inline std::string table_arn(std::string_view region, std::string_view table) {
  std::string arn = "arn:aws:dynamodb:";
  return arn.append(region).append(":").append(kAccountId).append(":table/").append(table);
}

}  // namespace dynolith::api
