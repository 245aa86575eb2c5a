// For properties that are cheap to try and seldom come to what they are about, or dear: tried in so many times as many
// cases as others.
#pragma once

#include <gtest/gtest.h>
// GoogleTest has to come first.
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <iostream>
#include <sstream>
#include <string>
#include <utility>

namespace zoneknot::proptests {

template <class Property>
void expect_in_many_cases(double times, Property&& property) {
  const testing::TestInfo* const test = testing::UnitTest::GetInstance()->current_test_info();
  rc::detail::TestMetadata metadata;
  metadata.id = std::string(test->test_suite_name()) + "/" + test->name();
  metadata.description = test->name();
  const rc::detail::Configuration& configuration = rc::detail::configuration();
  rc::detail::TestParams params = configuration.testParams;
  params.maxSuccess = std::max(1, static_cast<int>(params.maxSuccess * times));
  // A case that is to be reproduced is the only one.
  const auto result = configuration.reproduce.contains(metadata.id)
                          ? rc::detail::checkTestable(std::forward<Property>(property), metadata)
                          : rc::detail::checkTestable(std::forward<Property>(property), metadata, params);
  std::ostringstream text;
  rc::detail::printResultMessage(result, text);
  const bool holds = result.template is<rc::detail::SuccessResult>();
  EXPECT_TRUE(holds) << text.str();
  if (holds) std::cout << text.str() << "\n";
}

}  // namespace zoneknot::proptests
