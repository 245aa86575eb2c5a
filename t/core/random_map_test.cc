// Which blocks were drawn already, and the generator of the draws.

#include "core/random_map.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "core/random.h"

namespace zoneknot::core {
namespace {

TEST(RandomMap, MarkedBlock_IsReplacedByTheNextFreeOneUpward) {
  RandomMap map(5);
  EXPECT_EQ(map.next_free(2), 2U);
  map.mark(2, 2);
  EXPECT_EQ(map.next_free(2), 4U);
  EXPECT_EQ(map.next_free(3), 4U);
  EXPECT_EQ(map.next_free(1), 1U);
}

TEST(RandomMap, BehindTheLastBlock_ComesTheFirst) {
  RandomMap map(4);
  map.mark(3, 1);
  EXPECT_EQ(map.next_free(3), 0U);
  map.mark(0, 2);
  EXPECT_EQ(map.next_free(3), 2U);
}

TEST(RandomMap, AllMarked_GivesNothingUntilItIsCleared) {
  RandomMap map(3);
  map.mark(0, 3);
  for (std::uint64_t block = 0; block < 3; ++block) EXPECT_FALSE(map.next_free(block));
  map.clear();
  EXPECT_EQ(map.next_free(1), 1U);
}

TEST(RandomMap, FreeRun_EndsBeforeAMarkedBlockAndAtTheEnd) {
  RandomMap map(6);
  map.mark(3, 1);
  EXPECT_EQ(map.free_run(0, 10), 3U);
  EXPECT_EQ(map.free_run(0, 2), 2U);
  EXPECT_EQ(map.free_run(3, 10), 0U);
  EXPECT_EQ(map.free_run(4, 10), 2U);
}

TEST(RandomMap, MarkPastTheEnd_IsCutShort) {
  RandomMap map(2);
  map.mark(1, 100);
  EXPECT_EQ(map.next_free(1), 0U);
}

TEST(RandomMap, EveryBlockIsDrawnOnceWhateverIsDrawn) {
  SplitMix64 numbers(7);
  RandomMap map(97);
  std::vector<int> drawn(97);
  for (int i = 0; i < 97; ++i) {
    const auto block = map.next_free(numbers.below(97));
    ASSERT_TRUE(block);
    ++drawn[*block];
    map.mark(*block, 1);
  }
  EXPECT_TRUE(std::all_of(drawn.begin(), drawn.end(), [](int times) { return times == 1; }));
  EXPECT_FALSE(map.next_free(0));
}

TEST(SeededRandom, SameSeed_GivesTheSameNumbersAgain) {
  SeededRandom random(42);
  const std::uint64_t first = random.below(1'000'000);
  const std::uint64_t second = random.below(1'000'000);
  EXPECT_NE(first, second);
  random.reseed(42);
  EXPECT_EQ(random.below(1'000'000), first);
  EXPECT_EQ(random.below(1'000'000), second);
}

TEST(SeededRandom, Bounds_AreKeptAndCertaintiesDrawNothing) {
  SeededRandom random(1);
  SeededRandom same(1);
  EXPECT_EQ(random.below(1), 0U);
  EXPECT_TRUE(random.percent(100));
  EXPECT_FALSE(random.percent(0));
  std::vector<int> seen(3);
  for (int i = 0; i < 300; ++i) {
    const std::uint64_t number = random.below(3);
    EXPECT_EQ(number, same.below(3));
    ASSERT_LT(number, 3U);
    ++seen[number];
  }
  EXPECT_GT(*std::min_element(seen.begin(), seen.end()), 50);
}

}  // namespace
}  // namespace zoneknot::core
