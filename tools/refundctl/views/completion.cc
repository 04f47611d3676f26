#include "tools/refundctl/views/completion.h"

#include <CLI/CLI.hpp>

#include "absl/strings/str_format.h"

namespace refund::tools {
namespace {

using Word = CompletionNode::Word;

// Of both kinds of quotes nothing is left: the words stand in quotes of the shell.
std::string Quotable(std::string_view text) {
  std::string plain;
  for (const char c : text) {
    if (c == '\n') break;
    if (c != '\'' && c != '"' && c != '`' && c != '$' && c != '\\') plain += c;
  }
  return plain;
}

void AddOptions(const CLI::App& app, std::vector<Word>& options) {
  for (const CLI::Option* each : app.get_options()) {
    for (const std::string& name : each->get_lnames()) {
      options.push_back({"--" + name, Quotable(each->get_description())});
    }
  }
}

void AddNode(const CLI::App& app, const std::string& path, std::vector<CompletionNode>& tree) {
  CompletionNode node;
  node.path = path;
  const auto all = [](const CLI::App*) { return true; };
  for (const CLI::App* each : app.get_subcommands(all)) {
    node.commands.push_back({each->get_name(), Quotable(each->get_description())});
  }
  AddOptions(app, node.options);
  tree.push_back(std::move(node));
  for (const CLI::App* each : app.get_subcommands(all)) {
    AddNode(*each, path.empty() ? each->get_name() : path + " " + each->get_name(), tree);
  }
}

std::string Texts(const std::vector<Word>& words) {
  std::string texts;
  for (const Word& each : words) texts += (texts.empty() ? "" : " ") + each.text;
  return texts;
}

std::string AllTexts(const CompletionNode& node) {
  const std::string commands = Texts(node.commands);
  const std::string options = Texts(node.options);
  return commands + (commands.empty() || options.empty() ? "" : " ") + options;
}

// True of a fish command line on which exactly these commands stand.
std::string FishCondition(const CompletionNode& node) {
  std::string condition;
  std::string_view rest = node.path;
  while (!rest.empty()) {
    const size_t end = rest.find(' ');
    condition += absl::StrFormat("%s__fish_seen_subcommand_from %s",
                                 condition.empty() ? "" : "; and ", rest.substr(0, end));
    rest = end == std::string_view::npos ? "" : rest.substr(end + 1);
  }
  if (!node.commands.empty()) {
    absl::StrAppendFormat(&condition, "%snot __fish_seen_subcommand_from %s",
                          condition.empty() ? "" : "; and ", Texts(node.commands));
  }
  return condition;
}

}  // namespace

std::vector<CompletionNode> CompletionTree(const CLI::App& app) {
  std::vector<CompletionNode> tree;
  AddNode(app, "", tree);
  return tree;
}

std::string BashCompletion(std::string_view program, const std::vector<CompletionNode>& tree) {
  std::string text = absl::StrFormat(
      "# bash completion of %s: source this file, or put it into bash_completion.d\n"
      "_%s() {\n"
      "  local current=${COMP_WORDS[COMP_CWORD]} path= word i words=\n"
      "  for ((i = 1; i < COMP_CWORD; i++)); do\n"
      "    word=${COMP_WORDS[i]}\n"
      "    case \" $(_%s_commands \"$path\") \" in\n"
      "      *\" $word \"*) path=\"${path:+$path }$word\" ;;\n"
      "    esac\n"
      "  done\n"
      "  words=\"$(_%s_commands \"$path\") $(_%s_options \"$path\")\"\n"
      "  COMPREPLY=($(compgen -W \"$words\" -- \"$current\"))\n"
      "}\n",
      program, program, program, program, program);
  for (const bool options : {false, true}) {
    absl::StrAppendFormat(&text, "_%s_%s() {\n  case \"$1\" in\n", program,
                          options ? "options" : "commands");
    for (const CompletionNode& node : tree) {
      absl::StrAppendFormat(&text, "    '%s') echo '%s' ;;\n", node.path,
                            Texts(options ? node.options : node.commands));
    }
    text += "  esac\n}\n";
  }
  return text + absl::StrFormat("complete -o default -F _%s %s\n", program, program);
}

std::string ZshCompletion(std::string_view program, const std::vector<CompletionNode>& tree) {
  std::string text = absl::StrFormat(
      "#compdef %s\n# zsh completion of %s: put it into a directory of $fpath, as _%s\n"
      "_%s() {\n"
      "  local path= word\n"
      "  local -a found\n"
      "  for word in ${words[2,CURRENT-1]}; do\n"
      "    case \" $(_%s_words \"$path\") \" in\n"
      "      *\" $word \"*) [[ $word == -* ]] || path=\"${path:+$path }$word\" ;;\n"
      "    esac\n"
      "  done\n"
      "  found=(${=\"$(_%s_words \"$path\")\"})\n"
      "  compadd -a found\n"
      "  _files\n"
      "}\n_%s_words() {\n  case \"$1\" in\n",
      program, program, program, program, program, program, program);
  for (const CompletionNode& node : tree) {
    absl::StrAppendFormat(&text, "    '%s') echo '%s' ;;\n", node.path, AllTexts(node));
  }
  return text + absl::StrFormat("  esac\n}\ncompdef _%s %s\n", program, program);
}

std::string FishCompletion(std::string_view program, const std::vector<CompletionNode>& tree) {
  std::string text =
      absl::StrFormat("# fish completion of %s: put it into ~/.config/fish/completions/%s.fish\n",
                      program, program);
  for (const CompletionNode& node : tree) {
    const std::string condition = FishCondition(node);
    const std::string when = condition.empty() ? "" : " -n '" + condition + "'";
    for (const Word& each : node.commands) {
      absl::StrAppendFormat(&text, "complete -c %s%s -f -a '%s' -d '%s'\n", program, when,
                            each.text, each.about);
    }
    for (const Word& each : node.options) {
      absl::StrAppendFormat(&text, "complete -c %s%s -l '%s' -d '%s'\n", program, when,
                            each.text.substr(2), each.about);
    }
  }
  return text;
}

}  // namespace refund::tools
