// Has shop-picture make the pictures of a product from the one that somebody handed in.
//
// The decoders are the part of the shop that strangers' files reach: they run in a process of their
// own, with bounds on its memory and time, which holds nothing of ours. The library would also cost
// whoever links it megabytes at all times.
//
// Thread safety: any thread.
#pragma once

#include <chrono>
#include <filesystem>
#include <semaphore>
#include <string_view>
#include <vector>

#include "picture/frames.hpp"

namespace shop::picture {

struct RendererOptions {
    std::filesystem::path program = {};  // empty: `shop-picture` beside the program that runs
    int at_once = 2;                     // more are refused: each takes a worker and much memory
    std::chrono::seconds deadline{10};
};

class Renderer {
public:
    explicit Renderer(RendererOptions options = {});

    // One of each width. invalid_argument at `body`, with words for whoever sent it, where the
    // picture is refused; unavailable, with a time to wait, where as many are made already;
    // internal where shop-picture can't be started, or is out of order.
    Result<std::vector<Rendition>> render(std::string_view original);

private:
    Result<std::vector<Rendition>> run(std::string_view original) const;

    RendererOptions options_;
    std::counting_semaphore<> free_;
};

}  // namespace shop::picture
