// What a model can say.
#include "tests/odm/guide/fixture.h"

// [options-struct]
struct Account {
  std::string tenant{}, number{};
  std::string login{}, password{};
  std::optional<std::string> nickname{};
  std::optional<std::string> locale{};
  odm::Number balance{};  // Exact: 38 digits.
  odm::Timestamp opened{};
  std::optional<odm::Timestamp> expires{};
  std::string first{}, last{}, full_name{};
  odm::Map rest{};
};
// [/options-struct]

// [options-model]
template <>
struct dynolith::odm::Model<Account> {
  using key = Key<&Account::tenant, &Account::number>;
  static void define(Definition<Account>& account) {
    account.partition_key("tenant", &Account::tenant)
        .sort_key("number", &Account::number, ulid())
        .attribute("login", &Account::login, saved_as("l"), alias("user"), required(), trimmed(),
                   lower(), length(3, 40))
        .attribute("password", &Account::password, hidden(), masked(), length(8))
        .attribute("nickname", &Account::nickname, nullable())
        .attribute("locale", &Account::locale, default_value("en"), one_of({"en", "de", "fr"}))
        .attribute("balance", &Account::balance, at_least(0))
        .attribute("opened", &Account::opened, iso(), read_only())
        .expires_at("ttl", &Account::expires, std::chrono::hours(720))
        .attribute("first", &Account::first)
        .attribute("last", &Account::last)
        .derived(
            "name", &Account::full_name, [](const Account& a) { return a.first + " " + a.last; },
            &Account::first, &Account::last)
        .extra(&Account::rest)  // What the model does not know is kept, and written back.
        .unique(&Account::login);
  }
};
// [/options-model]

// [versions]
struct Note {
  std::string id{}, text{};
  int64_t stars = 0;
};

template <>
struct dynolith::odm::Model<Note> {
  using key = Key<&Note::id>;
  static void define(Definition<Note>& note) {
    note.partition_key("id", &Note::id)
        .attribute("text", &Note::text)
        .attribute("stars", &Note::stars)
        .schema_version(2)
        .upgrade(0, [](Map& item) { item["text"] = item["body"]; })  // Items of before.
        .upgrade(1, [](Map& item) { item["stars"] = Value(int64_t{0}); });
  }
};
// [/versions]

namespace {

TEST(Modelling, Options) {
  odm::Table accounts_table(odm::open_embedded({}).value(), "accounts");
  odm::ensure_table<Account>(accounts_table).value();
  auto accounts = accounts_table.entity<Account>();
  const Account made = accounts
                           .create({.tenant = "t",
                                    .login = " Ann ",
                                    .password = "swordfish",
                                    .balance = odm::Number::parse("0.1").value(),
                                    .first = "Ann",
                                    .last = "Lee"})
                           .value();
  EXPECT_EQ(made.login, "ann");
  EXPECT_EQ(made.full_name, "Ann Lee");
  EXPECT_EQ(made.locale, "en");
  EXPECT_EQ(made.balance.to_text(), "0.1");
  EXPECT_TRUE(made.expires);
  // [unique]
  auto second = accounts.create({.tenant = "other", .login = "ANN", .password = "hunter22"});
  // second.error().code == ErrorCode::kUniqueViolation, problems[0].path == "login"
  // [/unique]
  EXPECT_EQ(second.error().code, odm::ErrorCode::kUniqueViolation);
  EXPECT_EQ(second.error().problems.at(0).path, "login");
  const Account other =
      accounts.create({.tenant = "t", .login = "bob", .password = "hunter22"}).value();
  // [unique-transaction]
  auto swapped = accounts_table.transact()
                     .update(accounts.update("t", made.number).set(&Account::login, "bob"))
                     .update(accounts.update("t", other.number).set(&Account::login, "ann"))
                     .exec();
  // Both items are read first; what one operation gives up, another may take.
  // [/unique-transaction]
  EXPECT_TRUE(swapped.ok());
  EXPECT_EQ(accounts.must_get("t", other.number)->login, "ann");
  // [unique-batch]
  auto batch = accounts.put_many({{.tenant = "t", .login = "eve", .password = "hunter22"},
                                  {.tenant = "t", .login = "bob", .password = "hunter22"},
                                  {.tenant = "t", .login = "kim", .password = "hunter22"}});
  // batch.error().operations[1].code == ErrorCode::kUniqueViolation; the others are written, and
  // the reason of their operations is "None".
  // [/unique-batch]
  EXPECT_EQ(batch.error().operations.at(1).code, odm::ErrorCode::kUniqueViolation);
  EXPECT_EQ(batch.error().operations.at(0).reason, "None");
  EXPECT_EQ(batch.error().operations.at(2).reason, "None");
  // [derived]
  // Changing one input of a derived member needs the others: name = first + last.
  auto half = accounts.update("t", made.number).set(&Account::first, "Anna").exec();
  // half.error().code == ErrorCode::kBadKey and its problems name "last".
  auto whole = accounts.update("t", made.number)
                   .set(&Account::first, "Anna")
                   .set(&Account::last, "Lee")
                   .exec();
  // [/derived]
  EXPECT_EQ(half.error().code, odm::ErrorCode::kBadKey);
  EXPECT_EQ(whole.value().full_name, "Anna Lee");
}

TEST(Modelling, Versions) {
  odm::Table table(odm::open_embedded({}).value(), "notes");
  odm::ensure_table<Note>(table).value();
  ASSERT_TRUE(table.connection()
                  .put({"notes", dynolith::storage::encode_item({{"id", "1"}, {"body", "old"}})})
                  .ok());
  // [upgraded]
  Note note = table.entity<Note>().must_get("1").value();  // Stored long ago, as {id, body}.
  // note.text == "old"
  // [/upgraded]
  EXPECT_EQ(note.text, "old");
}

TEST(Modelling, ContradictionsAreFoundAtStartUp) {
  // [validate]
  odm::Result<void> sound = odm::validate_models<User, Account, Note>();
  // Otherwise kBadModel: "User: key pattern "ORG#{orgg}": no attribute is called "orgg"".
  // [/validate]
  EXPECT_TRUE(sound.ok()) << sound.error().to_text();
}

}  // namespace
