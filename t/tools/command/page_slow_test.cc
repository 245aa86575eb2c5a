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

// Notes errors, and presses keys when everything is there.
std::string with_keys(std::string page);

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

  // Without an error, and at the end with so many arrows from who waits to whom; empty: some.
  void expect_stepped_through(const std::string& arrows) const {
    write("probe.html", with_keys(read("page.html")));
    const Ended dom = browser({"--dump-dom", "file://" + path("probe.html")});
    const std::string head = dom.out.substr(0, 400);
    EXPECT_THAT(head, HasSubstr("data-seen=\"true\"")) << dom.err;
    EXPECT_THAT(head, HasSubstr("data-edges=\"" + arrows));
    EXPECT_THAT(head, HasSubstr("data-heads=\"" + arrows));
    EXPECT_THAT(head, Not(HasSubstr("data-edges=\"0\"")));
    EXPECT_THAT(head, Not(HasSubstr("data-error=\"")));
  }

  // Of a page that was stepped through: "writer:zone 1, zone 2:zone 3;" for each task at the last step.
  [[nodiscard]] std::string last_step() const {
    const std::string dom = browser({"--dump-dom", "file://" + path("probe.html")}).out;
    const std::string name = "data-last=\"";
    const std::size_t at = dom.find(name);
    return at == std::string::npos ? ""
                                   : dom.substr(at + name.size(), dom.find('"', at + name.size()) - at - name.size());
  }

  // In a frame as broad as a telephone nothing is broader but what scrolls by itself.
  void expect_narrow() const {
    std::string page = read("page.html");
    page.insert(page.rfind("</body>"),
                "<script>{ const all = document.documentElement;"
                " parent.postMessage(all.scrollWidth > all.clientWidth ? 'broad' : 'narrow', '*'); }</script>");
    write("inner.html", page);
    write("outer.html",
          "<html><body><script>onmessage = e => document.documentElement.setAttribute('data-is', e.data);</script>"
          "<iframe src=\"inner.html\" width=420 height=800 style=\"border:0\"></iframe></body></html>");
    const std::string dom = browser({"--virtual-time-budget=5000", "--dump-dom", "file://" + path("outer.html")}).out;
    EXPECT_THAT(dom.substr(0, 200), HasSubstr("data-is=\"narrow\""));
  }

  [[nodiscard]] std::size_t pages_on_paper() const {
    (void)browser({"--no-pdf-header-footer", "--print-to-pdf=" + path("page.pdf"), "file://" + path("page.html")});
    const std::string pdf = read("page.pdf");
    std::size_t pages = 0;
    for (std::size_t at = pdf.find("/Type /Page"); at != std::string::npos; at = pdf.find("/Type /Page", at + 1)) {
      pages += pdf[at + std::string("/Type /Page").size()] == 's' ? 0 : 1;
    }
    return pages;
  }

  // Kept beside the build's other outputs, for people.
  void keep_screenshot(const std::string& name) const {
    const Ended shot = browser({"--screenshot=" + path(name), "file://" + path("page.html")});
    EXPECT_THAT(shot.err, Not(HasSubstr(":CONSOLE:"))) << shot.err;
    EXPECT_GT(std::filesystem::file_size(path(name)), 10'000U);
    std::filesystem::copy_file(path(name), std::filesystem::path(ZONEKNOT_BINARY).parent_path() / name,
                               std::filesystem::copy_options::overwrite_existing);
  }
};

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
document.documentElement.setAttribute('data-heads', document.querySelectorAll('#graph .edge[marker-end]').length);
// Who owns and awaits what at the last step.
document.documentElement.setAttribute('data-last', [...document.querySelectorAll('#places tr')].map(
  row => [...row.cells].slice(0, 3).map(cell => cell.textContent).join(':')).join(';') + ';');
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
  expect_stepped_through("3");  // the main task waits for the end of one of the two
  expect_narrow();
  EXPECT_LT(pages_on_paper(), 12U);
  keep_screenshot("page.png");
}

TEST_F(PageInBrowser, OfAHangOfRealThreads_ShowsItsLanesAndItsKnot) {
  if (access(kBrowser, X_OK) != 0) GTEST_SKIP() << "there is no Chromium";
  constexpr int kRuns = 20;
  for (int run = 0, code = 0; run < kRuns && code != 1; ++run) {
    code = zoneknot({"run", job_file("zone-lock-stress.fio"), "--fixes=legacy", "--device=file:device",
                     "--destroy-data", "--watchdog=500ms", "--html=page.html"})
               .code;
  }
  EXPECT_THAT(read("page.html"), HasSubstr("<h1>HANG: "));
  expect_stepped_through("");
  keep_screenshot("page_of_threads.png");
}

TEST_F(PageInBrowser, OfALongRun_ShowsWhoHasOwnedALockSinceItsBeginning) {
  if (access(kBrowser, X_OK) != 0) GTEST_SKIP() << "there is no Chromium";
  std::string text = "main|fork(T1)|1\nmain|acq(A)|a.c:1\nT1|acq(B)|b.c:1\n";
  for (int i = 0; i < 150'000; ++i) text += "T1|acq(C)|c.c:1\nT1|rel(C)|c.c:2\n";
  write("trace.std", text + "main|req(B)|a.c:2\nT1|req(A)|b.c:2\n");
  ASSERT_EQ(zoneknot({"lockcheck", "trace.std", "--html=page.html"}).code, 1);
  EXPECT_LT(read("page.html").size(), 1'000'000U);
  expect_stepped_through("2");
  EXPECT_THAT(last_step(), HasSubstr("main:A:B;"));
  EXPECT_THAT(last_step(), HasSubstr("T1:B:A;"));
  expect_narrow();
  const std::size_t pages = pages_on_paper();
  EXPECT_GT(pages, 0U);
  EXPECT_LT(pages, 12U);
  keep_screenshot("page_of_a_long_run.png");
}

TEST_F(PageInBrowser, OfAPrediction_ShowsTheKnotThatItEndsIn) {
  if (access(kBrowser, X_OK) != 0) GTEST_SKIP() << "there is no Chromium";
  write("trace.std",
        "main|fork(T1)|1\nmain|fork(T2)|2\nT1|acq(A)|a.c:1\nT1|acq(B)|a.c:2\nT1|rel(B)|a.c:3\nT1|rel(A)|a.c:4\n"
        "T2|acq(B)|b.c:1\nT2|acq(A)|b.c:2\nT2|rel(A)|b.c:3\nT2|rel(B)|b.c:4\n");
  ASSERT_EQ(zoneknot({"lockcheck", "trace.std", "--html=page.html"}).code, 1);
  expect_stepped_through("2");
  keep_screenshot("page_of_a_prediction.png");
}

}  // namespace
}  // namespace zoneknot::tools
