#include "tools/refundctl/views/completion.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

namespace refund::tools {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

std::vector<CompletionNode> Tree() {
  static std::string state;
  CLI::App app("about", "refundctl");
  static bool json = false;
  app.add_flag("--json", json, "one object a line");
  CLI::App* command = app.add_subcommand("case", "Cases: what's asked");
  command->add_subcommand("list", "All cases");
  command->add_subcommand("show", "One")->add_option("--state", state, "a `directory`");
  app.add_subcommand("queue", "Open cases");
  return CompletionTree(app);
}

TEST(CompletionTest, TheTreeIsThatOfTheCommandLine) {
  const auto tree = Tree();
  ASSERT_EQ(tree.size(), 5U);
  EXPECT_EQ(tree[0].path, "");
  EXPECT_EQ(tree[0].commands.size(), 2U);
  EXPECT_EQ(tree[1].path, "case");
  EXPECT_EQ(tree[3].path, "case show");
  EXPECT_EQ(tree[3].options.back().text, "--state");
}

TEST(CompletionTest, NoWordCanEndAQuoteOfTheShell) {
  for (const CompletionNode& node : Tree()) {
    for (const auto& words : {node.commands, node.options}) {
      for (const auto& word : words) {
        EXPECT_EQ(word.about.find_first_of("'\"`$\\\n"), std::string::npos) << word.about;
      }
    }
  }
}

// What bash offers after these words, the last of which is being written.
std::string Offered(const std::string& words) {
  const std::string path = ::testing::TempDir() + "completion.bash";
  std::ofstream(path) << BashCompletion("refundctl", Tree());
  const std::string script = "source " + path + "; COMP_WORDS=(" + words +
                             "); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _refundctl; "
                             "echo \"${COMPREPLY[@]}\"";
  std::FILE* pipe = ::popen(("bash -c '" + script + "'").c_str(), "r");
  std::string text;
  char piece[256];
  while (std::fgets(piece, sizeof(piece), pipe) != nullptr) text += piece;
  EXPECT_EQ(::pclose(pipe), 0);
  return text;
}

TEST(CompletionTest, BashOffersWhatFitsTheCommandsBefore) {
  EXPECT_THAT(Offered("refundctl \"\""), AllOf(HasSubstr("case"), HasSubstr("queue")));
  EXPECT_EQ(Offered("refundctl c"), "case\n");
  EXPECT_THAT(Offered("refundctl case \"\""), AllOf(HasSubstr("list"), HasSubstr("show")));
  EXPECT_THAT(Offered("refundctl case \"\""), Not(HasSubstr("queue")));
  EXPECT_EQ(Offered("refundctl case show --st"), "--state\n");
}

TEST(CompletionTest, ZshAndFishKnowEveryCommand) {
  for (const std::string& text :
       {ZshCompletion("refundctl", Tree()), FishCompletion("refundctl", Tree())}) {
    for (const char* word : {"case", "list", "show", "queue", "state"}) {
      EXPECT_THAT(text, HasSubstr(word));
    }
  }
}

}  // namespace
}  // namespace refund::tools
