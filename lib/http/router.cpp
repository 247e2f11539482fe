#include "http/router.hpp"

#include <cassert>
#include <map>
#include <set>

namespace shop::http {

namespace {

// Where one walk down the trie stands.
struct Walk {
    std::string_view method;
    const std::vector<std::string>& segments;
    std::vector<std::size_t> taken = {};      // segments that parameters matched
    std::set<std::string_view> allowed = {};  // methods of the path's routes, where none has ours
};

}  // namespace

// One segment of depth. The names of parameters belong to the route, not to the node: two routes
// may name the same segment differently.
struct Router::Node {
    struct Endpoint {
        std::size_t route;
        std::vector<std::string> names;
    };
    std::map<std::string, std::unique_ptr<Node>, std::less<>> literals;
    std::unique_ptr<Node> parameter;
    std::map<std::string, Endpoint, std::less<>> endpoints;  // by method

    const Endpoint* find(Walk& walk, std::size_t depth) const;
    const Endpoint* endpoint(Walk& walk) const;
};

// A literal that leads nowhere gives way to the parameter beside it, so that "/users/me" and
// "/users/{ref}/orders" can stand together.
const Router::Node::Endpoint* Router::Node::find(Walk& walk, std::size_t depth) const {
    if (depth == walk.segments.size()) return endpoint(walk);
    const auto literal = literals.find(walk.segments[depth]);
    if (literal != literals.end()) {
        if (const auto* found = literal->second->find(walk, depth + 1)) return found;
    }
    if (!parameter) return nullptr;
    walk.taken.push_back(depth);
    if (const auto* found = parameter->find(walk, depth + 1)) return found;
    walk.taken.pop_back();
    return nullptr;
}

const Router::Node::Endpoint* Router::Node::endpoint(Walk& walk) const {
    auto found = endpoints.find(walk.method);
    if (found == endpoints.end() && walk.method == "HEAD") found = endpoints.find("GET");
    if (found != endpoints.end()) return &found->second;
    for (const auto& [name, unused] : endpoints) walk.allowed.insert(name);
    return nullptr;
}

namespace {

bool is_parameter(std::string_view segment) {
    return segment.starts_with('{') && segment.ends_with('}');
}

}  // namespace

Router::Router() : root_(std::make_unique<Node>()) {}
Router::~Router() = default;
Router::Router(Router&&) noexcept = default;

void Router::add(std::string_view method, std::string_view path, std::size_t route) {
    assert(path.starts_with('/'));
    Node* node = root_.get();
    std::vector<std::string> names;
    for (auto rest = path.substr(1); !rest.empty();) {
        const auto end = std::min(rest.find('/'), rest.size());
        const auto segment = rest.substr(0, end);
        rest.remove_prefix(std::min(end + 1, rest.size()));
        if (is_parameter(segment)) names.emplace_back(segment.substr(1, segment.size() - 2));
        auto& child =
            is_parameter(segment) ? node->parameter : node->literals[std::string(segment)];
        if (!child) child = std::make_unique<Node>();
        node = child.get();
    }
    const bool added =
        node->endpoints.emplace(method, Node::Endpoint{route, std::move(names)}).second;
    assert(added);
    static_cast<void>(added);
}

Router::Match Router::match(std::string_view method,
                            const std::vector<std::string>& segments) const {
    Walk walk{method, segments};
    Match match;
    if (const auto* endpoint = root_->find(walk, 0)) {
        match.kind = Match::Kind::found;
        match.route = endpoint->route;
        for (std::size_t i = 0; i < walk.taken.size(); ++i) {
            match.params.emplace_back(endpoint->names[i], segments[walk.taken[i]]);
        }
    } else if (!walk.allowed.empty()) {
        match.kind = Match::Kind::no_method;
        for (const auto name : walk.allowed) {
            if (!match.allow.empty()) match.allow += ", ";
            match.allow += name;
        }
    }
    return match;
}

}  // namespace shop::http
