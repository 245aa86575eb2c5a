#include "lockcheck/text/site.h"

#include <gtest/gtest.h>

#include <functional>

namespace zoneknot::lockcheck {
namespace {

core::Site this_place(core::Site site = core::Site::current()) { return site; }

struct Sample {
  const char* pretty;
  const char* bare;
};

TEST(FunctionName, OfWhatGccWritesIsTheBareName) {
  for (const Sample& sample : {
           Sample{"int main()", "main"},
           {"void zk::{anonymous}::anon(int)", "anon"},
           {"zk::A::A()", "A"},
           {"zk::A::~A()", "~A"},
           {"bool zk::A::convert_to_open_zone(std::function<void(int)>) const", "convert_to_open_zone"},
           {"zk::A::convert_to_open_zone(std::function<void(int)>) const::<lambda(int)>", "convert_to_open_zone"},
           {"zk::A::run(std::function<void(int)>) const::<lambda(int)>::<lambda()>", "run"},
           {"zk::B<std::function<void(int)> >::m(std::function<void(int)>)::<lambda()>", "m"},
           {"zk::A::tmpl<int>(int)::<lambda(auto:11)> [with auto:11 = int]", "tmpl"},
           {"T zk::A::tmpl(T) [with T = std::function<void(int)>]", "tmpl"},
           {"zk::<lambda(int)>", "lambda"},
           {"bool zk::A::operator()(int)", "operator()"},
           {"zk::A::operator bool() const", "operator bool"},
           {"bool zk::A::operator<(const zk::A&) const", "operator<"},
           {"std::ostream& zk::operator<<(std::ostream&, const zk::A&)", "operator<<"},
           {"zk::A& zk::A::operator->()", "operator->"},
           {"int zk::A::operator[](int)", "operator[]"},
           {"std::function<void(int)> zk::retf(std::function<std::string(const char*)>)", "retf"},
           {"decltype(auto) zk::da()", "da"},
           {"void zk::local()::L::g()", "g"},
           {"static std::string zk::A::str[abi:cxx11]()", "str"},
           {"void zk::operator_count(int)", "operator_count"},
       }) {
    EXPECT_EQ(bare_function_name(sample.pretty), sample.bare) << sample.pretty;
  }
}

TEST(FunctionName, OfABareNameIsThatName) {
  for (const char* const bare : {"run", "~A", "operator()", "operator bool", "operator<<", "operator[]", "lambda"}) {
    EXPECT_EQ(bare_function_name(bare), bare);
  }
}

TEST(FunctionName, OfWhatClangWritesIsTheBareName) {
  for (const Sample& sample : {
           Sample{"void zk::(anonymous namespace)::anon(int)", "anon"},
           {"auto zk::A::open(std::function<void (int)>)::(anonymous class)::operator()(int) const", "open"},
           {"auto zk::A::open(int)::(anonymous class)::operator()(int)::(anonymous class)::operator()() const", "open"},
           {"auto zk::A::tmpl(int)::(anonymous class)::operator()(auto) const [auto:1 = int]", "tmpl"},
           {"auto zk::B<std::function<void (int)>>::m(std::function<void (int)>)::(anonymous class)::operator()() "
            "const [T = std::function<void (int)>]",
            "m"},
           {"auto zk::(anonymous class)::operator()(int) const", "lambda"},
           {"bool zk::A::operator bool() const", "operator bool"},
           {"A &zk::A::operator->()", "operator->"},
           {"int *zk::ptr()", "ptr"},
           {"int *ptr()", "ptr"},
           {"std::function<void (int)> zk::retf(std::function<std::string (const char *)>)", "retf"},
       }) {
    EXPECT_EQ(bare_function_name(sample.pretty), sample.bare) << sample.pretty;
  }
}

TEST(FunctionName, OfNonsenseIsSomethingAndNeverACrash) {
  for (const char* text :
       {"", "(", "<", "::", "a::", "operator", "operator<", "x::operator", "((((", "a<b", ")", "["}) {
    (void)bare_function_name(text);
  }
  EXPECT_EQ(bare_function_name(""), "");
}

// A place inside this compiler's own idea of a name.
struct Opener {
  core::Site convert_to_open_zone(std::function<void(int)> /*unused*/) { return this_place(); }
  core::Site in_a_lambda() {
    return [] { return [] { return this_place(); }(); }();
  }
  template <class T>
  core::Site in_a_template(T /*unused*/) {
    return this_place();
  }
};

TEST(FunctionName, OfRealPlacesIsTheFunctionTheyAreWrittenIn) {
  Opener opener;
  EXPECT_EQ(function_name(opener.convert_to_open_zone({})), "convert_to_open_zone");
  EXPECT_EQ(function_name(opener.in_a_lambda()), "in_a_lambda");
  EXPECT_EQ(function_name(opener.in_a_template(Opener{})), "in_a_template");
}

TEST(SiteText, IsTheBaseNameOfTheFileAndTheLine) {
  const core::Site site = core::Site::current();
  EXPECT_EQ(site_text(site), "site_test.cc:" + std::to_string(site.line()));
}

TEST(SiteText, OfAPlaceThatSomebodyToldOfIsWhatIsKnownOfIt) {
  const core::Place whole{.file = "src/cache.c", .line = 12, .function = "evict"};
  EXPECT_EQ(site_text(core::Site(whole)), "cache.c:12");
  EXPECT_EQ(function_name(core::Site(whole)), "evict");
  const core::Place line{.line = 7};
  EXPECT_EQ(site_text(core::Site(line)), "7");
  const core::Place file{.file = "worker"};
  EXPECT_EQ(site_text(core::Site(file)), "worker");
}

TEST(SamePlace, IsTheSameLineOfAFileOfThatName_WhoeverTellsOfIt) {
  const core::Site compiled = core::Site::current();
  const core::Place told{.file = compiled.file_name(), .line = compiled.line()};
  EXPECT_TRUE(same_place(compiled, core::Site(told)));
  const core::Place below{.file = compiled.file_name(), .line = compiled.line() + 1};
  EXPECT_FALSE(same_place(compiled, core::Site(below)));
}

TEST(SiteText, OfNoPlaceIsEmpty) {
  EXPECT_EQ(site_text(core::Site()), "");
  EXPECT_EQ(function_name(core::Site()), "");
}

}  // namespace
}  // namespace zoneknot::lockcheck
