// Tables, transactions, several models in one table, changes, references.
#include "odm/dynamic/dynamic_change.h"
#include "tests/odm/guide/fixture.h"

// [order]
struct Order {
  std::string org{}, id{};
  odm::Ref<User> buyer{};
  int64_t cents = 0;
};

template <>
struct dynolith::odm::Model<Order> {
  using key = Key<&Order::org, &Order::id>;
  static void define(Definition<Order>& order) {
    order.entity("Order")
        .partition_key("pk", "ORG#{org}")
        .sort_key("sk", "ORDER#{id}")
        .attribute("org", &Order::org, required())
        .attribute("id", &Order::id, ulid())
        .attribute("buyer", &Order::buyer)
        .attribute("cents", &Order::cents, at_least(0));
  }
};
// [/order]

namespace {

class Several : public testing::Test {
 protected:
  Several() {
    odm::TableSettings settings;
    settings.stream = odm::stream_of(dynolith::storage::StreamViewType::kNewAndOldImages);
    odm::ensure_table<User, Order>(app, settings).value();
    ann = users.create({.org = "acme", .email = "ann@example.org", .age = 41}).value();
    bob = users.create({.org = "acme", .email = "bob@example.org", .age = 30}).value();
  }

  odm::Table app{odm::open_embedded({}).value(), "app"};
  odm::Entity<User> users = app.entity<User>();
  odm::Entity<Order> orders = app.entity<Order>();
  User ann, bob;
};

TEST(Tables, Plan) {
  odm::Table app(odm::open_embedded({}).value(), "app");
  // [plan]
  odm::Plan plan = odm::plan_table<User, Order>(app).value();
  std::printf("%s", plan.to_text().c_str());    // What would be done. Nothing is yet.
  odm::apply(plan).value();                     // Refuses steps that lose data.
  odm::ensure_table<User, Order>(app).value();  // Both at once; does nothing the second time.
  // [/plan]
  EXPECT_TRUE((odm::plan_table<User, Order>(app)->is_empty()));
}

TEST_F(Several, Transactions) {
  // [transaction]
  auto done = app.transact()
                  .create(Order{.org = "acme", .cents = 995})
                  .update(users.update("acme", ann.id).add(&User::visits, 1))
                  .check<User>("acme", bob.id, f(&User::age) >= 18)
                  .token("order-4711")  // Sent twice within ten minutes it still happens once.
                  .exec();
  Order order = done.value().get<Order>(0).value();
  // [/transaction]
  EXPECT_EQ(order.id.size(), 26u);
  EXPECT_EQ(users.must_get("acme", ann.id)->visits, 1);

  // [transaction-failed]
  auto failed = app.transact()
                    .create(Order{.org = "acme", .cents = 5})
                    .check<User>("acme", ann.id, f(&User::age) >= 50)
                    .exec();
  // failed.error().code == ErrorCode::kTransactionCanceled, and its operations[1] says why:
  // code kConditionFailed, model "User", clauses {"age >= 50", actual "41"}.
  // [/transaction-failed]
  ASSERT_EQ(failed.error().code, odm::ErrorCode::kTransactionCanceled);
  EXPECT_EQ(failed.error().operations[1].code, odm::ErrorCode::kConditionFailed);
  EXPECT_THAT(failed.error().operations[1].clauses,
              testing::ElementsAre(odm::FailedClause{"age >= 50", "41"}));

  // [transaction-read]
  auto read = app.read().get<User>("acme", ann.id).get<Order>("acme", order.id).exec().value();
  std::optional<User> user = read.get<User>(0);
  std::optional<Order> same = read.get<Order>(1);
  // [/transaction-read]
  EXPECT_TRUE(user && same);
}

TEST_F(Several, Collections) {
  orders.create({.org = "acme", .cents = 1}).value();
  orders.create({.org = "acme", .cents = 2}).value();
  // [collection]
  auto both = app.collection<User, Order>("acme").all().value();
  const std::vector<User>& its_users = both.of<User>();
  const std::vector<Order>& its_orders = both.of<Order>();
  // [/collection]
  EXPECT_EQ(its_users.size(), 2u);
  EXPECT_EQ(its_orders.size(), 2u);
}

TEST_F(Several, References) {
  // [reference]
  orders.create({.org = "acme", .buyer = odm::Ref<User>::to("acme", ann.id), .cents = 995}).value();

  odm::Page<Order> page = orders.query("acme").all().value();
  odm::populate(users, page.items, &Order::buyer).value();  // One batch for all of them.
  for (const Order& order : page)
    if (const User* buyer = order.buyer.get()) std::printf("%s\n", buyer->email.c_str());
  // [/reference]
  ASSERT_EQ(page.size(), 1u);
  EXPECT_EQ(page[0].buyer.get()->email, "ann@example.org");
}

TEST_F(Several, Changes) {
  orders.create({.org = "acme", .cents = 995}).value();
  std::string kept;
  int64_t cents = 0;
  // [changes]
  odm::ChangeStream<User, Order> changes(app);
  changes.from(kept);  // Where the last run was; empty: from the oldest change.
  struct Visitor {
    int64_t& cents;
    void operator()(const odm::Change<User>&) const {}
    void operator()(const odm::Change<Order>& change) const {
      if (change.kind == odm::ChangeKind::kInsert) cents += change.after->cents;
    }
  };
  odm::ChangePage page = changes.next(Visitor{cents}).value();
  kept = changes.position();
  // [/changes]
  EXPECT_EQ(cents, 995);
  EXPECT_EQ(page.delivered, 3u);
}

TEST_F(Several, ChangesOfDynamicItems) {
  std::vector<std::string> mails;
  // [dynamic-changes]
  odm::DynamicSchema user = odm::DynamicSchema::parse(odm::to_json(odm::schema_of<User>())).value();
  odm::DynamicChangeStream changes(app, {user});
  auto visit = [&](const odm::DynamicChange& change) {
    if (change.after) mails.push_back(*change.after->at("email").get_if<std::string>());
  };
  odm::ChangePage page = changes.next(visit).value();
  // [/dynamic-changes]
  EXPECT_EQ(page.delivered, 2u);
  EXPECT_EQ(mails, (std::vector<std::string>{"ann@example.org", "bob@example.org"}));
}

}  // namespace
