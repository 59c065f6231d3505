// A dry run shows exactly what its operation then sends, and writes nothing.
#include "odm/change_stream.h"
#include "odm/collection.h"
#include "odm/dynamic/dynamic_entity.h"
#include "odm/dynamic/dynamic_transaction.h"
#include "odm/reference.h"
#include "odm/table_plan.h"
#include "odm/transaction.h"
#include "tests/odm/entity_fixture.h"

namespace dynolith::odm {
namespace {

struct Member {
  std::string id, email;
  std::optional<std::string> handle;
  int age = 0;
};
struct Letter {
  std::string id;
  Ref<Member> to, from;
};

}  // namespace

template <>
struct Model<Member> {
  using key = Key<&Member::id>;
  static void define(Definition<Member>& member) {
    member.entity("Member")
        .partition_key("pk", "MEMBER#{id}")
        .sort_key("sk", "MEMBER")
        .attribute("id", &Member::id)
        .attribute("email", &Member::email, required())
        .attribute("handle", &Member::handle)
        .attribute("age", &Member::age)
        .unique(&Member::email)
        .unique(&Member::handle);
  }
};
template <>
struct Model<Letter> {
  using key = Key<&Letter::id>;
  static void define(Definition<Letter>& letter) {
    letter.entity("Letter")
        .partition_key("pk", "LETTER#{id}")
        .sort_key("sk", "LETTER")
        .attribute("id", &Letter::id)
        .attribute("to", &Letter::to)
        .attribute("from", &Letter::from);
  }
};

namespace {

using test::Note;
using test::User;
using Wires = std::vector<WireRequest>;

Wires wires(const Result<std::vector<Request>>& requests) {
  Wires all;
  EXPECT_TRUE(requests.ok()) << requests.error().to_text();
  if (requests)
    for (const Request& request : *requests) all.push_back(to_wire(request));
  return all;
}
template <class R>
Wires wires(const Result<R>& request) {
  EXPECT_TRUE(request.ok()) << request.error().to_text();
  return request ? Wires{to_wire(Request(*request))} : Wires();
}
Wires wires(const Result<std::optional<Request>>& request) {
  EXPECT_TRUE(request.ok() && *request);
  return request && *request ? Wires{to_wire(**request)} : Wires();
}

DynamicSchema task_schema() {
  return DynamicDefinition("Task")
      .entity("Task")
      .partition_key("pk", "TASK#{id}")
      .sort_key("sk", "TASK")
      .attribute<std::string>("id")
      .attribute<std::string>("code")
      .attribute<int>("points")
      .unique("code")
      .build()
      .value();
}
DynamicSchema step_schema() {
  return DynamicDefinition("Step")
      .entity("Step")
      .partition_key("pk", "TASK#{task}")
      .sort_key("sk", "STEP#{number:04}")
      .attribute<std::string>("task")
      .attribute<int>("number")
      .attribute<int>("points")
      .version("v")
      .build()
      .value();
}

// What the cases work on: one item of each kind is there.
struct World {
  Table app;
  Entity<User> users = app.entity<User>();
  Entity<Note> notes = app.entity<Note>();
  Entity<Member> members = app.entity<Member>();
  DynamicEntity tasks = app.dynamic(task_schema()), steps = app.dynamic(step_schema());
  User user = {};
  Member member = {};
  Map task = {}, step = {};

  void fill() {
    user.org = "acme";
    user.id = "1";
    user.email = "ann@x.org";
    user = users.create(user).value();
    member = members.create({"1", "ann@x.org", "ann", 41}).value();
    task = tasks.create({{"id", "1"}, {"code", "a"}, {"points", 1}}).value();
    step = steps.create({{"task", "1"}, {"number", 1}, {"points", 1}}).value();
  }
  User changed_user() const {
    User changed = user;
    changed.age = 42;
    changed.name = "Ann";
    return changed;
  }
  Member moved_member() const {
    Member moved = member;
    moved.email = "new@x.org";
    moved.handle.reset();
    return moved;
  }
  static Map with_points(Map item) {
    item["points"] = Value(7);
    return item;
  }
  static std::vector<Note> many_notes() {
    std::vector<Note> many;
    for (int i = 0; i < 60; ++i)
      many.push_back({.org = "acme", .id = std::to_string(i), .text = "t", .likes = i});
    return many;
  }
  static std::vector<KeyOf<Note>> note_keys(int count) {
    std::vector<KeyOf<Note>> keys;
    for (int i = 0; i < count; ++i) keys.push_back({"acme", std::to_string(i)});
    keys.push_back(keys[0]);
    return keys;
  }
  static std::vector<Map> many_steps() {
    std::vector<Map> many;
    for (int i = 0; i < 30; ++i) many.push_back({{"task", "2"}, {"number", i}});
    return many;
  }
  static std::vector<DynamicKey> step_keys() {
    std::vector<DynamicKey> keys;
    for (int i = 0; i < 30; ++i) keys.push_back({"2", i});
    return keys;
  }
  auto update() const {
    return users.update("acme", "1").set(&User::name, "Eve").when(f(&User::age) < 5);
  }
  auto move() const {
    return members.update("1").set(&Member::email, "new@x.org").remove(&Member::handle);
  }
  auto upsert(const char* id) const {
    return members.upsert(id).set(&Member::email, "new@x.org").set(&Member::handle, "eve");
  }
  Transaction transaction() const {
    Transaction all = app.transact();
    all.create(Note{.org = "acme", .id = "n", .text = "t"})
        .update(move())
        .check<User>("acme", "1", f(&User::age) < 5);
    return all;
  }
  ReadTransaction reading() const {
    ReadTransaction both = app.read();
    both.get<User>("acme", "1").get<Member>("2");
    return both;
  }
  DynamicTransaction dynamic_transaction() const {
    DynamicTransaction all(app);
    all.update(tasks.update({"1"}).set("code", "b"))
        .remove_item(steps, step)
        .put(tasks, {{"id", "2"}, {"code", "a"}});
    return all;
  }
};

struct Case {
  const char* name;
  std::function<Wires(const World&)> show;
  std::function<bool(const World&)> run;
  bool reads_first = false;  // The dry run too.
};

std::vector<Case> write_cases() {
  const User other = [] {
    User user;
    user.org = "acme";
    user.id = "2";
    user.email = "b@x.org";
    return user;
  }();
  const auto change = [](User& user) { user.age = 5; };
  return {
      {"create", [=](auto& w) { return wires(w.users.dry_run().create(other)); },
       [=](auto& w) { return w.users.create(other).ok(); }},
      {"put", [](auto& w) { return wires(w.users.dry_run().put(w.changed_user())); },
       [](auto& w) { return w.users.put(w.changed_user()).ok(); }},
      {"save", [](auto& w) { return wires(w.users.dry_run().save(w.user, w.changed_user())); },
       [](auto& w) { return w.users.save(w.user, w.changed_user()).ok(); }},
      {"modify", [=](auto& w) { return wires(w.users.dry_run().modify(change, "acme", "1")); },
       [=](auto& w) { return w.users.modify(change, "acme", "1").ok(); }, true},
      {"update", [](auto& w) { return wires(w.update().request()); },
       [](auto& w) { return w.update().exec().ok(); }},
      {"remove", [](auto& w) { return wires(w.users.dry_run().remove("acme", "1")); },
       [](auto& w) { return w.users.remove("acme", "1").ok(); }},
      {"remove_if",
       [](auto& w) { return wires(w.users.dry_run().remove_if(f(&User::age) < 5, "acme", "1")); },
       [](auto& w) { return w.users.remove_if(f(&User::age) < 5, "acme", "1").ok(); }},
      {"remove_object", [](auto& w) { return wires(w.users.dry_run().remove(w.user)); },
       [](auto& w) { return w.users.remove(w.user).ok(); }},
      {"put_many", [](auto& w) { return wires(w.notes.dry_run().put_many(World::many_notes())); },
       [](auto& w) { return w.notes.put_many(World::many_notes()).ok(); }},
      {"remove_many",
       [](auto& w) {
         auto keys = World::note_keys(60);
         keys.pop_back();
         return wires(w.notes.dry_run().remove_many(keys));
       },
       [](auto& w) {
         auto keys = World::note_keys(60);
         keys.pop_back();
         return w.notes.remove_many(keys).ok();
       }},
      {"transaction", [](auto& w) { return wires(w.transaction().request()); },
       [](auto& w) { return w.transaction().exec().ok(); }, true},
  };
}

std::vector<Case> unique_cases() {
  const auto leave = [](Member& member) { member.handle = "gone"; };
  const Member second{"2", "b@x.org", {}, 1};
  return {
      {"create", [=](auto& w) { return wires(w.members.dry_run().create(second)); },
       [=](auto& w) { return w.members.create(second).ok(); }},
      {"put", [](auto& w) { return wires(w.members.dry_run().put(w.moved_member())); },
       [](auto& w) { return w.members.put(w.moved_member()).ok(); }, true},
      {"save", [](auto& w) { return wires(w.members.dry_run().save(w.member, w.moved_member())); },
       [](auto& w) { return w.members.save(w.member, w.moved_member()).ok(); }},
      {"modify", [=](auto& w) { return wires(w.members.dry_run().modify(leave, "1")); },
       [=](auto& w) { return w.members.modify(leave, "1").ok(); }, true},
      {"update", [](auto& w) { return wires(w.move().request()); },
       [](auto& w) { return w.move().exec().ok(); }, true},
      {"update_of_others",
       [](auto& w) { return wires(w.members.update("1").add(&Member::age, 1).request()); },
       [](auto& w) { return w.members.update("1").add(&Member::age, 1).exec().ok(); }},
      {"upsert", [](auto& w) { return wires(w.upsert("1").request()); },
       [](auto& w) { return w.upsert("1").exec().ok(); }, true},
      {"upsert_of_a_new_one", [](auto& w) { return wires(w.upsert("2").request()); },
       [](auto& w) { return w.upsert("2").exec().ok(); }, true},
      {"remove", [](auto& w) { return wires(w.members.dry_run().remove("1")); },
       [](auto& w) { return w.members.remove("1").ok(); }, true},
      {"remove_object", [](auto& w) { return wires(w.members.dry_run().remove(w.member)); },
       [](auto& w) { return w.members.remove(w.member).ok(); }, true},
  };
}

std::vector<Case> read_cases() {
  return {
      {"get", [](auto& w) { return wires(w.users.dry_run().get("acme", "1")); },
       [](auto& w) { return w.users.get("acme", "1").ok(); }},
      {"get_with",
       [](auto& w) { return wires(w.users.dry_run().get_with({.consistent = true}, "acme", "1")); },
       [](auto& w) { return w.users.get_with({.consistent = true}, "acme", "1").ok(); }},
      {"refresh", [](auto& w) { return wires(w.users.dry_run().refresh(w.user)); },
       [](auto& w) {
         User mine = w.user;
         return w.users.refresh(mine).ok();
       }},
      {"get_many", [](auto& w) { return wires(w.notes.dry_run().get_many(World::note_keys(130))); },
       [](auto& w) { return w.notes.get_many(World::note_keys(130)).ok(); }},
      {"query", [](auto& w) { return wires(w.users.query("acme").request()); },
       [](auto& w) { return w.users.query("acme").page().ok(); }},
      {"query_of_some",
       [](auto& w) {
         return wires(w.users.query("acme").where(f(&User::age) > 40).limit(7).request());
       },
       [](auto& w) {
         return w.users.query("acme").where(f(&User::age) > 40).limit(7).page().ok();
       }},
      {"first", [](auto& w) { return wires(w.users.query("acme").limit(1).request()); },
       [](auto& w) { return w.users.query("acme").first().ok(); }},
      {"count", [](auto& w) { return wires(w.notes.query("acme").count_request()); },
       [](auto& w) { return w.notes.query("acme").count().ok(); }},
      {"count_up_to", [](auto& w) { return wires(w.notes.query("acme").limit(3).count_request()); },
       [](auto& w) { return w.notes.query("acme").limit(3).count().ok(); }},
      {"find",
       [](auto& w) {
         return wires(w.notes.find().where(f(&Note::likes) > 1).allow_scan().request());
       },
       [](auto& w) { return w.notes.find().where(f(&Note::likes) > 1).allow_scan().page().ok(); }},
      {"scan", [](auto& w) { return wires(w.notes.scan().segment(1, 4).page_size(9).request()); },
       [](auto& w) { return w.notes.scan().segment(1, 4).page_size(9).page().ok(); }},
      {"collection",
       [](auto& w) {
         return wires(w.app.template collection<User, Note>("acme").limit(5).request());
       },
       [](auto& w) { return w.app.template collection<User, Note>("acme").limit(5).page().ok(); }},
      {"populate",
       [](auto& w) {
         std::vector<Letter> letters{{"1", Ref<Member>(w.member), Ref<Member>::to("2")},
                                     {"2", Ref<Member>(w.member), {}}};
         return wires(populate_requests(w.members, letters, &Letter::to));
       },
       [](auto& w) {
         std::vector<Letter> letters{{"1", Ref<Member>(w.member), Ref<Member>::to("2")},
                                     {"2", Ref<Member>(w.member), {}}};
         return populate(w.members, letters, &Letter::to).ok();
       }},
      {"transaction", [](auto& w) { return wires(w.reading().request()); },
       [](auto& w) { return w.reading().exec().ok(); }},
  };
}

std::vector<Case> dynamic_cases() {
  const auto change = [](Map& item) -> Result<void> {
    item["points"] = Value(9);
    return {};
  };
  const Map fresh{{"task", "2"}, {"number", 1}};
  return {
      {"create", [=](auto& w) { return wires(w.steps.dry_run().create(fresh)); },
       [=](auto& w) { return w.steps.create(fresh).ok(); }},
      {"put",
       [=](auto& w) {
         return wires(w.tasks.dry_run().put({{"id", "1"}, {"code", "z"}}));
       },
       [=](auto& w) {
         return w.tasks.put({{"id", "1"}, {"code", "z"}}).ok();
       },
       true},
      {"save",
       [](auto& w) { return wires(w.steps.dry_run().save(w.step, World::with_points(w.step))); },
       [](auto& w) { return w.steps.save(w.step, World::with_points(w.step)).ok(); }},
      {"modify",
       [=](auto& w) {
         return wires(w.steps.dry_run().modify({"1", 1}, change));
       },
       [=](auto& w) {
         return w.steps.modify({"1", 1}, change).ok();
       },
       true},
      {"update",
       [](auto& w) {
         return wires(w.steps.update({"1", 1}).add("points", 2).request());
       },
       [](auto& w) {
         return w.steps.update({"1", 1}).add("points", 2).exec().ok();
       }},
      {"update_of_what_is_unique",
       [](auto& w) { return wires(w.tasks.update({"1"}).set("code", "z").request()); },
       [](auto& w) { return w.tasks.update({"1"}).set("code", "z").exec().ok(); }, true},
      {"upsert", [](auto& w) { return wires(w.tasks.upsert({"3"}).set("code", "z").request()); },
       [](auto& w) { return w.tasks.upsert({"3"}).set("code", "z").exec().ok(); }, true},
      {"get",
       [](auto& w) {
         return wires(w.steps.dry_run().get({"1", 1}));
       },
       [](auto& w) {
         return w.steps.get({"1", 1}).ok();
       }},
      {"remove", [](auto& w) { return wires(w.tasks.dry_run().remove({"1"})); },
       [](auto& w) { return w.tasks.remove({"1"}).ok(); }, true},
      {"remove_item", [](auto& w) { return wires(w.steps.dry_run().remove_item(w.step)); },
       [](auto& w) { return w.steps.remove_item(w.step).ok(); }},
      {"get_many", [](auto& w) { return wires(w.steps.dry_run().get_many(World::step_keys())); },
       [](auto& w) { return w.steps.get_many(World::step_keys()).ok(); }},
      {"put_many", [](auto& w) { return wires(w.steps.dry_run().put_many(World::many_steps())); },
       [](auto& w) { return w.steps.put_many(World::many_steps()).ok(); }},
      {"remove_many",
       [](auto& w) { return wires(w.steps.dry_run().remove_many(World::step_keys())); },
       [](auto& w) { return w.steps.remove_many(World::step_keys()).ok(); }},
      {"query", [](auto& w) { return wires(w.steps.query({"1"}).limit(2).request()); },
       [](auto& w) { return w.steps.query({"1"}).limit(2).page().ok(); }},
      {"transaction", [](auto& w) { return wires(w.dynamic_transaction().request()); },
       [](auto& w) { return w.dynamic_transaction().exec().ok(); }, true},
      {"read_transaction",
       [](auto& w) { return wires(DynamicReadTransaction(w.app).get(w.tasks, {"1"}).request()); },
       [](auto& w) { return DynamicReadTransaction(w.app).get(w.tasks, {"1"}).exec().ok(); }},
  };
}

class DryRuns : public test::EntityTest, public testing::WithParamInterface<Case> {};

// Without the reads that come first.
Wires without_reads(const Wires& all) {
  Wires rest;
  for (const WireRequest& wire : all)
    if (wire.operation != "GetItem" && wire.operation != "BatchGetItem") rest.push_back(wire);
  return rest;
}

TEST_P(DryRuns, ShowWhatIsSent) {
  const Case& each = GetParam();
  World world{app()};
  world.fill();
  connection_->clear();
  const Wires shown = each.show(world);
  ASSERT_FALSE(shown.empty());
  EXPECT_EQ(without_reads(connection_->wire()), Wires());
  EXPECT_EQ(connection_->wire().empty(), !each.reads_first);
  connection_->clear();
  EXPECT_TRUE(each.run(world));
  const Wires sent = each.reads_first ? without_reads(connection_->wire()) : connection_->wire();
  ASSERT_EQ(sent.size(), shown.size());
  for (size_t i = 0; i < sent.size(); ++i) {
    EXPECT_EQ(shown[i].operation, sent[i].operation);
    EXPECT_EQ(shown[i].body, sent[i].body);
  }
}

std::string name_of(const testing::TestParamInfo<Case>& info) { return info.param.name; }

INSTANTIATE_TEST_SUITE_P(OfWrites, DryRuns, testing::ValuesIn(write_cases()), name_of);
INSTANTIATE_TEST_SUITE_P(OfUniqueAttributes, DryRuns, testing::ValuesIn(unique_cases()), name_of);
INSTANTIATE_TEST_SUITE_P(OfReads, DryRuns, testing::ValuesIn(read_cases()), name_of);
INSTANTIATE_TEST_SUITE_P(OfDynamicEntities, DryRuns, testing::ValuesIn(dynamic_cases()), name_of);

class DryRunTest : public test::EntityTest {
 protected:
  Entity<Member> members() const { return app().entity<Member>(); }
};

TEST_F(DryRunTest, BatchesAreShownChunkByChunk) {
  const auto puts = notes().dry_run().put_many(World::many_notes()).value();
  ASSERT_EQ(puts.size(), 3u);
  EXPECT_EQ(puts[0].get_if<BatchWriteRequest>()->writes.size(), 25u);
  EXPECT_EQ(puts[2].get_if<BatchWriteRequest>()->writes.size(), 10u);
  const auto gets = notes().dry_run().get_many(World::note_keys(130)).value();
  ASSERT_EQ(gets.size(), 2u);
  EXPECT_EQ(gets[0].get_if<BatchGetRequest>()->gets.size(), 100u);
  EXPECT_EQ(gets[1].get_if<BatchGetRequest>()->gets.size(), 30u);
  EXPECT_TRUE(notes().dry_run().get_many({}).value().empty());
  EXPECT_TRUE(connection_->requests().empty());
}

TEST_F(DryRunTest, FindsTheErrorsOfTheOperation) {
  const auto code = [](const auto& result) { return result.error().code; };
  User unknown = someone("1");
  unknown.email = "nobody";
  EXPECT_EQ(code(users().dry_run().create(unknown)), ErrorCode::kInvalid);
  EXPECT_EQ(
      code(notes().dry_run().put_many({Note{.org = "a", .id = "1"}, Note{.org = "a", .id = "1"}})),
      ErrorCode::kBadRequest);
  EXPECT_EQ(code(members().dry_run().put_many({Member{"1", std::string(3000, 'x'), {}, 1}})),
            ErrorCode::kInvalid);
  EXPECT_EQ(code(members().update("1").set(&Member::email, "a@x").request()), ErrorCode::kNotFound);
  EXPECT_EQ(code(members().dry_run().remove_if(f(&Member::age) > 3, "1")),
            ErrorCode::kConditionFailed);
  EXPECT_EQ(code(users().dry_run().modify([](User&) {}, "acme", "1")), ErrorCode::kNotFound);
}

// What there is to be seen is the read.
TEST_F(DryRunTest, OfRemovingWhatIsNotThereIsTheRead) {
  EXPECT_EQ(to_wire(members().dry_run().remove("1").value()).operation, "GetItem");
  EXPECT_EQ(to_wire(members().dry_run().remove(Member{"1", "a@x", {}, 1}).value()).operation,
            "GetItem");
}

TEST_F(DryRunTest, OfAnUpdateOfWhatIsUniqueGoesByTheItemThatIsThere) {
  ASSERT_TRUE(members().create({"1", "a@x", {}, 1}).ok());
  const auto shown = members().update("1").set(&Member::email, "b@x").request().value();
  const auto& actions = shown.get_if<TransactWriteRequest>()->actions;
  ASSERT_EQ(actions.size(), 3u);
  EXPECT_TRUE(std::holds_alternative<UpdateRequest>(actions[0]));
  EXPECT_TRUE(std::holds_alternative<DeleteRequest>(actions[1]));
  EXPECT_TRUE(std::holds_alternative<PutRequest>(actions[2]));
  // Nothing was taken by looking.
  EXPECT_TRUE(members().create({"2", "b@x", {}, 1}).ok());
}

TEST_F(DryRunTest, OfTheNextPageOfChanges) {
  ChangeStream<Note> changes(app(), {.page_records = 7});
  changes.from("p");
  EXPECT_EQ(changes.request().table, "app");
  EXPECT_EQ(changes.request().position, "p");
  EXPECT_EQ(changes.request().records_max, 7u);
}

TEST_F(DryRunTest, OfChangesToTablesIsThePlan) {
  const auto plan = plan_table<Note>(Table(connection_, "new"));
  ASSERT_TRUE(plan.ok());
  Wires shown;
  for (const PlanStep& step : plan->steps)
    for (const Request& request : step.requests) shown.push_back(to_wire(request));
  connection_->clear();
  ASSERT_TRUE(apply(*plan).ok());
  Wires sent;
  for (const WireRequest& wire : connection_->wire())
    if (wire.operation != "DescribeTable") sent.push_back(wire);
  EXPECT_EQ(shown, sent);
}

}  // namespace
}  // namespace dynolith::odm
