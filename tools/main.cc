// The `dynolith` program: the one place where everything is put together.
#include <cstdio>
#include <string>
#include <vector>

#include "tools/flags.h"
#include "tools/serve_command.h"

int main(int argc, char** argv) {
  using namespace dynolith::tools;
  const auto parsed = parse_command_line({argv + 1, argv + argc});
  if (const auto* exit = std::get_if<Exit>(&parsed)) {
    std::fputs(exit->text.c_str(), exit->status == 0 ? stdout : stderr);
    return exit->status;
  }
  return serve(std::get<ServeFlags>(parsed));
}
