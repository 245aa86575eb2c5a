// The page of a finding in a browser: opened, stepped through with the keyboard, and without an error. Skipped where
// there is no Chromium.
#include <unistd.h>

#include <string>

#include "t/tools/command/command_bench.h"

namespace zoneknot::tools {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kBrowser = "/usr/bin/chromium";

class PageInBrowser : public CommandTest {
 protected:
  [[nodiscard]] Ended browser(const Arguments& what) const {
    Arguments arguments = {"--headless",
                           "--no-sandbox",
                           "--disable-gpu",
                           "--enable-logging=stderr",
                           "--user-data-dir=" + path("browser"),
                           "--window-size=1300,1500"};
    arguments.insert(arguments.end(), what.begin(), what.end());
    return ChildProcess(kBrowser, arguments, path("")).wait();
  }
};

// Notes errors, and presses keys when everything is there.
std::string with_keys(std::string page) {
  const std::string first =
      "<script>addEventListener('error', e => document.documentElement.setAttribute('data-error', "
      "e.message));</script>";
  const std::string last = R"(<script>
const seen = [];
for (const key of ['Home', 'ArrowRight', 'End', 'ArrowLeft', 'n']) {
  document.dispatchEvent(new KeyboardEvent('keydown', {key, cancelable: true}));
  seen.push(document.getElementById('now').textContent.split(' of ')[0]);
}
document.dispatchEvent(new KeyboardEvent('keydown', {key: 'End', cancelable: true}));
document.documentElement.setAttribute('data-seen', new Set(seen).size > 3);
document.documentElement.setAttribute('data-edges', document.querySelectorAll('#graph .edge').length);
</script>)";
  page.insert(page.find("<head>") + 6, first);
  page.insert(page.rfind("</body>"), last);
  return page;
}

TEST_F(PageInBrowser, IsSteppedThroughAndShowsTheKnot) {
  if (access(kBrowser, X_OK) != 0) GTEST_SKIP() << "there is no Chromium";
  const Ended check =
      zoneknot({"check", job_file("two-jobs.fio"), "--fixes=legacy", "--executions=40", "--html=page.html"});
  ASSERT_EQ(check.code, 1) << check.err;
  write("probe.html", with_keys(read("page.html")));
  const Ended dom = browser({"--dump-dom", "file://" + path("probe.html")});
  const std::string head = dom.out.substr(0, 400);
  EXPECT_THAT(head, HasSubstr("data-seen=\"true\"")) << dom.err;
  EXPECT_THAT(head, HasSubstr("data-edges=\"2\""));
  EXPECT_THAT(head, Not(HasSubstr("data-error=\"")));
  const Ended shot = browser({"--screenshot=" + path("page.png"), "file://" + path("page.html")});
  EXPECT_THAT(shot.err, Not(HasSubstr(":CONSOLE:"))) << shot.err;
  EXPECT_GT(std::filesystem::file_size(path("page.png")), 10'000U);
  // Kept beside the build's other outputs, for people.
  std::filesystem::copy_file(path("page.png"), std::filesystem::path(ZONEKNOT_BINARY).parent_path() / "page.png",
                             std::filesystem::copy_options::overwrite_existing);
}

}  // namespace
}  // namespace zoneknot::tools
