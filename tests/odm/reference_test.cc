// References to items of other models, and reading what they name.
#include "odm/reference.h"

#include "tests/odm/range_fixture.h"

namespace dynolith::odm::test {

struct Node {
  std::string name;
  Ref<Node> parent;
};
struct Ticket {
  std::string id;
  Ref<Customer> owner;
  std::optional<Ref<Customer>> deputy;
  std::vector<Ref<Customer>> watchers;
};

}  // namespace dynolith::odm::test

namespace dynolith::odm {

template <>
struct Model<test::Node> {
  using key = Key<&test::Node::name>;
  static void define(Definition<test::Node>& node) {
    node.entity("Node")
        .partition_key("pk", "NODE#{name}")
        .sort_key("sk", "NODE")
        .attribute("name", &test::Node::name)
        .attribute("parent", &test::Node::parent);
  }
};
template <>
struct Model<test::Ticket> {
  using key = Key<&test::Ticket::id>;
  static void define(Definition<test::Ticket>& ticket) {
    ticket.entity("Ticket")
        .partition_key("pk", "TICKET#{id}")
        .sort_key("sk", "TICKET")
        .attribute("id", &test::Ticket::id)
        .attribute("owner", &test::Ticket::owner)
        .attribute("deputy", &test::Ticket::deputy)
        .attribute("watchers", &test::Ticket::watchers);
  }
};

}  // namespace dynolith::odm

namespace dynolith::odm::test {
namespace {

class ReferenceTest : public RangeTest {
 protected:
  Entity<Node> nodes() const { return app().entity<Node>(); }
  Entity<Ticket> tickets() const { return app().entity<Ticket>(); }
  size_t batches() const {
    size_t count = 0;
    for (const Request& request : connection_->requests())
      count += request.get_if<BatchGetRequest>() != nullptr ? 1 : 0;
    return count;
  }
};

TEST_F(ReferenceTest, IsStoredAsTheKey) {
  ASSERT_TRUE(nodes().put({"leaf", Ref<Node>::to("root")}).ok());
  Ticket ticket{"t", Ref<Customer>::to("acme", "ann"), {}, {}};
  ASSERT_TRUE(tickets().put(ticket).ok());
  Map leaf, stored;
  for (const auto& [pk, sk, out] :
       {std::tuple("NODE#leaf", "NODE", &leaf), std::tuple("TICKET#t", "TICKET", &stored)}) {
    const Map key{{"pk", Value(pk)}, {"sk", Value(sk)}};
    ASSERT_TRUE(connection_
                    ->get({.table = "app", .key = storage::encode_item(key)},
                          [out = out](const ItemView& item) { *out = storage::to_item(item); })
                    .ok());
  }
  EXPECT_EQ(leaf.at("parent"), Value("root"));
  EXPECT_EQ(stored.at("owner"), Value(Map{{"org", "acme"}, {"id", "ann"}}));
  EXPECT_FALSE(stored.contains("deputy"));

  const auto read = tickets().get("t");
  ASSERT_TRUE(read.ok()) << read.error().to_text();
  EXPECT_EQ((*read)->owner, Ref<Customer>::to("acme", "ann"));
  EXPECT_EQ((*read)->owner.key().value(), std::tuple("acme", "ann"));
  EXPECT_EQ((*read)->owner.get(), nullptr);
}

TEST_F(ReferenceTest, PopulatesAllObjectsWithOneBatch) {
  add_customer("ann", 41);
  add_customer("bob", 25);
  std::vector<Ticket> all;
  for (int i = 0; i < 150; ++i)
    all.push_back({"t" + std::to_string(i),
                   Ref<Customer>::to("acme", i % 3 == 0   ? "ann"
                                             : i % 3 == 1 ? "bob"
                                                          : "gone"),
                   {},
                   {}});
  all[0].owner = {};
  connection_->clear();
  const auto found = populate(customers(), all, &Ticket::owner);
  ASSERT_TRUE(found.ok()) << found.error().to_text();
  EXPECT_EQ(*found, 2u);
  EXPECT_EQ(batches(), 1u);
  EXPECT_EQ(all[0].owner.get(), nullptr);
  ASSERT_NE(all[1].owner.get(), nullptr);
  EXPECT_EQ(all[1].owner->age, 25);
  EXPECT_EQ(all[2].owner.get(), nullptr);
  EXPECT_EQ(all[3].owner->id, "ann");
  EXPECT_EQ(all[4].owner.get(), all[1].owner.get());
}

TEST_F(ReferenceTest, PopulatesWithPartsOfItems) {
  add_customer("ann", 41, "Bern");
  std::vector<Ticket> all{{"t", Ref<Customer>::to("acme", "ann"), {}, {}}};
  ASSERT_EQ(populate(customers().only(&Customer::city), all, &Ticket::owner).value(), 1u);
  EXPECT_EQ(all[0].owner->city, "Bern");
  EXPECT_EQ(all[0].owner->age, 0);
}

TEST_F(ReferenceTest, PopulatesManyKeysInBatchesOfAHundred) {
  std::vector<Ticket> all;
  for (int i = 0; i < 130; ++i) {
    add_customer("c" + std::to_string(i), i);
    all.push_back({"t", {}, {}, {}});
    all.back().watchers = {Ref<Customer>::to("acme", "c" + std::to_string(i)),
                           Ref<Customer>::to("acme", "c0")};
  }
  all[0].deputy = Ref<Customer>::to("acme", "c5");
  connection_->clear();
  EXPECT_EQ(populate(customers(), all, &Ticket::watchers).value(), 130u);
  EXPECT_EQ(batches(), 2u);
  EXPECT_EQ(all[129].watchers[0]->age, 129);
  EXPECT_EQ(populate(customers(), all, &Ticket::deputy).value(), 1u);
  EXPECT_EQ((*all[0].deputy)->age, 5);
}

TEST_F(ReferenceTest, FollowsItsOwnKind) {
  ASSERT_TRUE(nodes().put({"root", {}}).ok());
  ASSERT_TRUE(nodes().put({"leaf", Ref<Node>(Node{"root", {}})}).ok());
  std::vector<Node> leaves{nodes().get("leaf").value().value()};
  ASSERT_TRUE(populate(nodes(), leaves, &Node::parent).ok());
  ASSERT_NE(leaves[0].parent.get(), nullptr);
  EXPECT_EQ(leaves[0].parent->name, "root");
  EXPECT_TRUE(leaves[0].parent->parent.empty());
}

TEST_F(ReferenceTest, SaysWhatCannotBeReferredTo) {
  store({{"pk", "TICKET#t"}, {"sk", "TICKET"}, {"_et", "Ticket"}, {"id", "t"}, {"owner", "ann"}});
  EXPECT_EQ(tickets().get("t").error().code, ErrorCode::kTypeMismatch);
  std::vector<Ticket> all{{"t", Ref<Customer>::to("a#b", std::string("x\xff")), {}, {}}};
  EXPECT_EQ(populate(customers(), all, &Ticket::owner).error().code, ErrorCode::kBadKey);
  EXPECT_EQ(tickets().put(all[0]).error().code, ErrorCode::kInvalid);
}

}  // namespace
}  // namespace dynolith::odm::test
