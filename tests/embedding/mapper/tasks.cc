// A list of tasks that is kept in a folder: declared once as a struct, with no server and no JSON.
#include <cstdio>
#include <exception>

#include "odm/odm.h"

namespace odm = dynolith::odm;
using odm::f;

enum class State { kOpen, kDone };
struct Task {
  std::string list{}, id{}, title{};
  State state = State::kOpen;
  odm::Timestamp created{};
};

template <>
struct dynolith::odm::Model<Task> {
  using key = Key<&Task::list, &Task::id>;
  static void define(Definition<Task>& task) {
    task.partition_key("list", &Task::list)
        .sort_key("id", &Task::id, ulid())
        .attribute("title", &Task::title, required(), length(1, 200))
        .attribute("state", &Task::state)
        .created_at("created", &Task::created);
  }
};

int run(const char* directory) {
  odm::Table table(odm::open_embedded({.directory = directory}).value(), "tasks");
  odm::ensure_table<Task>(table).value();
  const auto tasks = table.entity<Task>();

  const Task task = tasks.create({.list = "home", .title = "Water the plants"}).value();
  tasks.update("home", task.id).set(&Task::state, State::kDone).exec().value();

  const uint64_t done = tasks.query("home").where(f(&Task::state) == State::kDone).count().value();
  std::printf("%d tasks are done\n", static_cast<int>(done));
  return done > 0 ? 0 : 1;
}

int main(int argc, char** argv) {
  try {
    return run(argc > 1 ? argv[1] : "tasks-data");
  } catch (const std::exception& failure) {
    std::fprintf(stderr, "%s\n", failure.what());
    return 1;
  }
}
