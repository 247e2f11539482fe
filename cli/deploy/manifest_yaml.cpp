#include "deploy/manifest_yaml.hpp"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include "base/limits.hpp"
#include "base/text.hpp"

namespace shop::cli::deploy {
namespace {

constexpr std::size_t kBytesMax = 256 * 1024;  // ours has 4 KiB
constexpr std::size_t kValuesMax = 10'000;     // an alias may stand for many

Failure fail_at(int line, std::string_view message) {
    return fail(Code::invalid_argument, fmt::format("line {}: {}", line, message));
}

class Reader {
public:
    Result<Json> value(const YAML::Node& node, const std::string& pointer, std::size_t depth) {
        // The key's line, where it has one: its value may begin later, or be missing.
        const int line = document.lines.emplace(pointer, node.Mark().line + 1).first->second;
        if (++values_ > kValuesMax || depth > limits::kJsonDepthMax)
            return fail_at(line, "there is too much in it.");
        switch (node.Type()) {
            case YAML::NodeType::Scalar:
                return scalar(node, line);
            case YAML::NodeType::Sequence:
                return sequence(node, pointer, depth);
            case YAML::NodeType::Map:
                return map(node, pointer, depth);
            case YAML::NodeType::Null:
            case YAML::NodeType::Undefined:
                break;
        }
        return fail_at(line, "there is no value. Give one, or leave the key out for its default.");
    }

    YamlDocument document;

private:
    static Result<Json> scalar(const YAML::Node& node, int line) {
        const std::string& text = node.Scalar();
        if (node.Tag() == "!" || node.Tag() == "tag:yaml.org,2002:str") return Json(text);
        if (node.Tag() != "?" && !node.Tag().empty())
            return fail_at(line, "a tag (" + node.Tag() + ") has no meaning here; remove it.");
        auto plain = parse_json(text);
        if (plain && (plain->is_boolean() || plain->is_number())) return std::move(*plain);
        return Json(text);
    }

    Result<Json> sequence(const YAML::Node& node, const std::string& pointer, std::size_t depth) {
        Json out = Json::array();
        for (const auto& item : node) {
            auto read = value(item, fmt::format("{}/{}", pointer, out.size()), depth + 1);
            if (!read) return read;
            out.push_back(std::move(*read));
        }
        return out;
    }

    Result<Json> map(const YAML::Node& node, const std::string& pointer, std::size_t depth) {
        Json out = Json::object();
        for (const auto& pair : node) {
            const YAML::Node &key = pair.first, &item = pair.second;
            const int line = key.Mark().line + 1;
            if (!key.IsScalar()) return fail_at(line, "a key must be a word.");
            const std::string& name = key.Scalar();
            if (out.contains(name))
                return fail_at(line, "the key " + shorten(name, 100) + " stands twice.");
            const std::string here = pointer + '/' + name;
            document.lines.emplace(here, line);
            auto read = value(item, here, depth + 1);
            if (!read) return read;
            out[name] = std::move(*read);
        }
        return out;
    }

    std::size_t values_ = 0;
};

}  // namespace

int YamlDocument::line_of(std::string_view pointer) const {
    for (;;) {
        if (const auto at = lines.find(pointer); at != lines.end()) return at->second;
        if (pointer.empty()) return 1;
        pointer = pointer.substr(0, pointer.rfind('/'));
    }
}

Result<YamlDocument> read_yaml(std::string_view text) {
    if (text.size() > kBytesMax)
        return fail(Code::invalid_argument, fmt::format("is larger than {} bytes.", kBytesMax));
    if (!is_utf8(text)) return fail(Code::invalid_argument, "is not UTF-8.");
    try {
        const auto documents = YAML::LoadAll(std::string(text));
        if (documents.size() != 1)
            return fail(Code::invalid_argument,
                        fmt::format("has {} documents, and must have one.", documents.size()));
        Reader reader;
        SHOP_TRY(value, reader.value(documents[0], "", 0));
        reader.document.value = std::move(value);
        return std::move(reader.document);
    } catch (const YAML::Exception& error) {
        return fail_at(error.mark.line + 1, error.msg + '.');
    }
}

}  // namespace shop::cli::deploy
