// Routes: a trie over path segments. "/v1/products/{ref}" matches one segment with any content for
// {ref}; a literal segment wins over a parameter. The cost of a match grows with the depth of the
// path, not with the number of routes.
//
// Thread safety: build it, then share it read-only.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace shop::http {

class Router {
public:
    Router();
    ~Router();
    Router(Router&&) noexcept;

    // `route` is what match() gives back. An assertion where method and path are there already.
    void add(std::string_view method, std::string_view path, std::size_t route);

    struct Match {
        enum class Kind { found, no_path, no_method } kind = Kind::no_path;
        std::size_t route = 0;
        std::vector<std::pair<std::string_view, std::string>>
            params;         // names live as long as the router
        std::string allow;  // where no_method: "GET, PATCH", for the Allow field
    };
    // HEAD matches GET. `segments` are decoded already.
    Match match(std::string_view method, const std::vector<std::string>& segments) const;

private:
    struct Node;
    std::unique_ptr<Node> root_;
};

}  // namespace shop::http
