// Shell completion, made from the command line's own tree of commands and options.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace CLI {
class App;
}

namespace refund::tools {

// A command as the shells need it: "case show", the words that may follow, and what each is.
struct CompletionNode {
  std::string path;  // without the program's name; empty: the program itself
  struct Word {
    std::string text;
    std::string about;
  };
  std::vector<Word> commands;
  std::vector<Word> options;  // "--state"
};
// The program first, then each command before what is under it.
std::vector<CompletionNode> CompletionTree(const CLI::App& app);

std::string BashCompletion(std::string_view program, const std::vector<CompletionNode>& tree);
std::string ZshCompletion(std::string_view program, const std::vector<CompletionNode>& tree);
std::string FishCompletion(std::string_view program, const std::vector<CompletionNode>& tree);

}  // namespace refund::tools
