// Changes over the streams service: every one once, parents before children, whatever happens.
#include <gtest/gtest.h>

#include <algorithm>

#include "odm/remote/changes_position.h"
#include "odm/remote/remote_connection.h"
#include "tests/odm/remote/fake_streams.h"

namespace dynolith::odm {
namespace {

using Texts = std::vector<std::string>;

class RemoteChanges : public ::testing::Test {
 protected:
  // One call; what the records are named.
  Texts read(uint32_t records_max = 1000) {
    Texts names;
    const auto reply =
        connection_->read_changes({.table = "t", .position = position_, .records_max = records_max},
                                  [&](const ChangeRecord& change) {
                                    names.emplace_back(change.record.key.find("k")->text());
                                  });
    error_ = reply.ok() ? Error{} : reply.error();
    is_ok_ = reply.ok();
    if (!reply.ok()) return names;
    position_ = reply->position;
    at_end_ = reply->at_end;
    is_closed_ = reply->is_closed;
    return names;
  }

  // Until there are no more.
  Texts read_all(uint32_t records_max = 1000) {
    Texts names;
    for (int calls = 0; calls < 500; ++calls) {
      const Texts some = read(records_max);
      names.insert(names.end(), some.begin(), some.end());
      if (!is_ok_ || at_end_) return names;
    }
    ADD_FAILURE() << "the stream does not end";
    return names;
  }

  // As after a restart of the program: only the position is left.
  void restart() { connection_ = remote_connection(streams_); }

  void add(const std::string& shard, std::initializer_list<const char*> names) {
    for (const char* name : names) streams_->add_record(shard, name);
  }

  std::shared_ptr<FakeStreams> streams_ = std::make_shared<FakeStreams>();
  ConnectionPtr connection_ = remote_connection(streams_);
  std::string position_;
  bool is_ok_ = false, at_end_ = false, is_closed_ = false;
  Error error_;
};

TEST_F(RemoteChanges, ComeFromParentsBeforeTheirChildren) {
  streams_->add_shard("child", "parent");
  streams_->add_shard("parent", "grandparent");
  streams_->add_shard("grandparent", "gone");
  add("child", {"c1", "c2"});
  add("parent", {"b1"});
  add("grandparent", {"a1", "a2", "a3"});
  streams_->close_shard("grandparent");
  streams_->close_shard("parent");
  EXPECT_EQ(read_all(), (Texts{"a1", "a2", "a3", "b1", "c1", "c2"}));
  EXPECT_FALSE(is_closed_);
  for (const uint32_t records_max : {1u, 2u, 5u}) {
    position_.clear();
    EXPECT_EQ(read_all(records_max), (Texts{"a1", "a2", "a3", "b1", "c1", "c2"})) << records_max;
  }
}

TEST_F(RemoteChanges, OfSeveralShardsComeInTurn) {
  for (const char* shard : {"x", "y", "z"}) {
    streams_->add_shard(shard);
    for (int i = 0; i < 30; ++i) streams_->add_record(shard, shard + std::to_string(i));
  }
  const Texts first = read(9);
  ASSERT_EQ(first.size(), 9u);
  for (const char shard : {'x', 'y', 'z'}) {
    EXPECT_EQ(std::count_if(first.begin(), first.end(),
                            [&](const std::string& name) { return name[0] == shard; }),
              3);
  }
  // One that never rests keeps no other waiting, even if a call has room for one record only.
  position_.clear();
  Texts turns;
  for (int i = 0; i < 6; ++i) {
    restart();
    for (const std::string& name : read(1)) turns.push_back(name.substr(0, 1));
  }
  EXPECT_EQ(turns, (Texts{"x", "y", "z", "x", "y", "z"}));
}

TEST_F(RemoteChanges, GoOnWhereAnyCallEnded) {
  for (const char* shard : {"x", "y"}) {
    streams_->add_shard(shard);
    for (int i = 0; i < 10; ++i) streams_->add_record(shard, shard + std::to_string(i));
  }
  streams_->close_shard("x");
  streams_->add_shard("x2", "x");
  add("x2", {"x10"});
  Texts all;
  for (int calls = 0; calls < 100 && !at_end_; ++calls) {
    if (calls % 3 == 0) restart();
    if (calls % 4 == 0) streams_->expire_iterators();
    const Texts some = read(2);
    ASSERT_TRUE(is_ok_) << error_.to_text();
    all.insert(all.end(), some.begin(), some.end());
  }
  EXPECT_EQ(all.size(), 21u);
  const auto of = [&](char shard) {
    Texts names;
    for (const std::string& name : all) {
      if (name[0] == shard) names.push_back(name);
    }
    return names;
  };
  EXPECT_EQ(of('x'), (Texts{"x0", "x1", "x2", "x3", "x4", "x5", "x6", "x7", "x8", "x9", "x10"}));
  EXPECT_EQ(of('y'), (Texts{"y0", "y1", "y2", "y3", "y4", "y5", "y6", "y7", "y8", "y9"}));
}

TEST_F(RemoteChanges, OfAReaderThatKeepsReadingCostOneCall) {
  streams_->add_shard("x");
  add("x", {"a"});
  EXPECT_EQ(read_all(), Texts{"a"});
  const size_t before = streams_->calls.size();
  EXPECT_EQ(read(), Texts{});
  EXPECT_EQ(streams_->calls.size(), before + 1);
  EXPECT_TRUE(at_end_);
}

TEST_F(RemoteChanges, AreFoundBehindEmptyPages) {
  streams_->has_empty_pages = true;
  streams_->add_shard("x");
  add("x", {"a", "b"});
  streams_->close_shard("x");
  streams_->add_shard("y", "x");
  EXPECT_EQ(read_all(1), (Texts{"a", "b"}));
}

TEST_F(RemoteChanges, AreNotLostOrRepeatedWhenACallFails) {
  streams_->add_shard("x");
  streams_->add_shard("y");
  add("x", {"x1"});
  add("y", {"y1"});
  streams_->fail = [](const std::string& shard) -> std::optional<ServiceReply> {
    if (shard != "y") return std::nullopt;
    return ServiceReply{500, json_of("{'__type':'InternalServerError','message':'no'}"), ""};
  };
  EXPECT_EQ(read(), Texts{"x1"});  // What was read before counts.
  EXPECT_TRUE(is_ok_);
  EXPECT_FALSE(at_end_);
  EXPECT_EQ(read(), Texts{});
  EXPECT_FALSE(is_ok_);
  EXPECT_EQ(error_.code, ErrorCode::kUnavailable);
  streams_->fail = nullptr;
  EXPECT_EQ(read_all(), Texts{"y1"});
}

TEST_F(RemoteChanges, BeginAtTheNewestAcrossRestarts) {
  streams_->add_shard("x");
  add("x", {"old"});
  position_ = ChangesRequest::kNewest;
  EXPECT_EQ(read_all(), Texts{});
  restart();
  add("x", {"new"});
  EXPECT_EQ(read_all(), Texts{"new"});
}

TEST_F(RemoteChanges, BeginAtTheNewestEvenIfTheServiceForgotWhereThatWas) {
  constexpr int64_t kHourMs = 3'600'000;
  streams_->add_shard("x");
  add("x", {"old"});
  streams_->fake_clock().advance_ms(kHourMs);
  position_ = ChangesRequest::kNewest;
  EXPECT_EQ(read_all(), Texts{});
  streams_->fake_clock().advance_ms(kHourMs);
  streams_->expire_iterators();
  restart();
  add("x", {"new"});
  EXPECT_EQ(read_all(), Texts{"new"});
  add("x", {"newer"});
  EXPECT_EQ(read_all(), Texts{"newer"});
}

TEST_F(RemoteChanges, SayWhenTheStreamIsOff) {
  streams_->add_shard("x");
  add("x", {"a"});
  EXPECT_EQ(read_all(), Texts{"a"});
  EXPECT_FALSE(is_closed_);
  add("x", {"b"});
  streams_->close_shard("x");
  streams_->close_stream();
  EXPECT_EQ(read_all(), Texts{"b"});
  EXPECT_TRUE(is_closed_);
  restart();
  EXPECT_EQ(read_all(), Texts{});
  EXPECT_TRUE(is_closed_);
}

TEST_F(RemoteChanges, SayWhatIsTooOld) {
  streams_->add_shard("x");
  add("x", {"a"});
  EXPECT_EQ(read_all(), Texts{"a"});
  streams_->remove_shard("x");
  streams_->add_shard("y", "x");
  const std::string old = position_;
  EXPECT_EQ(read(), Texts{});
  EXPECT_EQ(error_.code, ErrorCode::kTrimmed);
  restart();
  EXPECT_EQ(read(), Texts{});
  EXPECT_EQ(error_.code, ErrorCode::kTrimmed);
}

TEST(ChangesPosition, IsTextAndBack) {
  ChangesPosition position{"arn:aws:dynamodb:r:1:table/t/stream/l", {}};
  using Place = ShardPosition::Place;
  position.shards.push_back({"shardId-1"});
  position.shards.push_back({"shardId-2", Place::kAfter, "100200"});
  position.shards.push_back({"shardId-3", Place::kFinished});
  position.shards.push_back({"shardId-4", Place::kSince, {}, 17});
  position.shards.push_back({"shardId-5", Place::kSince, {}, 18, "arn:x|1|AA=="});
  const std::string text =
      "1 arn:aws:dynamodb:r:1:table/t/stream/l shardId-1: shardId-2:100200 shardId-3! "
      "shardId-4@17 shardId-5@18:arn:x|1|AA==";
  EXPECT_EQ(position.to_text(), text);
  const auto parsed = ChangesPosition::parse(text);
  ASSERT_TRUE(parsed.has_value());
  EXPECT_EQ(parsed->to_text(), text);
  EXPECT_EQ(parsed->shards[4].iterator, "arn:x|1|AA==");
}

TEST(ChangesPosition, IsNotJustAnyText) {
  for (const char* text :
       {"", "1", "1 ", "2 arn", "1 arn s", "1 arn s:x", "1 arn :1", "1 arn s!x", "1 arn s@",
        "1 arn s@x", "1 arn s@1x", "1 arn  s:", "1 arn s@99999999999999999999"}) {
    EXPECT_FALSE(ChangesPosition::parse(text).has_value()) << text;
  }
}

}  // namespace
}  // namespace dynolith::odm
