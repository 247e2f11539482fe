#include "picture/renderer.hpp"

#include "base/program.hpp"
#include "base/text.hpp"

namespace shop::picture {
namespace {

constexpr int kBusySeconds = 2;
constexpr std::size_t kOutputBytesMax = kWidths.size() * (kRenditionBytesMax + 64);

Failure busy() {
    Error error{Code::unavailable, "Other pictures are being made. Try again in a moment."};
    error.retry_after_seconds = kBusySeconds;
    return tl::make_unexpected(std::move(error));
}

Failure refused(std::string why) { return fail_field("body", std::move(why)); }

struct Place {
    std::counting_semaphore<>& free;
    ~Place() { free.release(); }
};

}  // namespace

Renderer::Renderer(RendererOptions options)
    : options_(std::move(options)), free_(options_.at_once) {
    if (options_.program.empty()) options_.program = program_beside("shop-picture");
}

Result<std::vector<Rendition>> Renderer::render(std::string_view original) {
    if (!free_.try_acquire()) return busy();
    const Place place{free_};
    return run(original);
}

Result<std::vector<Rendition>> Renderer::run(std::string_view original) const {
    auto ended =
        run_program({options_.program.string()}, {.input = original,
                                                  .deadline = options_.deadline,
                                                  .output_bytes_max = kOutputBytesMax,
                                                  .environment = std::vector<std::string>{}});
    if (!ended && ended.error().code == Code::timeout)
        return refused("The picture takes too long to be read; send a smaller one.");
    // That it is not there, too, is nothing that whoever sent the picture can change.
    if (!ended) return fail(Code::internal, ended.error().message);
    if (ended->status == kExitRefused) return refused(std::string(trim(ended->complaint)));
    // A decoder that fell over a file, or ran into one of its bounds: that file is no good.
    if (ended->status > 128) return refused("The picture can't be read; send another file.");
    if (!ended->good())
        return fail(Code::internal, "shop-picture failed: " + std::string(trim(ended->complaint)));
    return read_renditions(ended->output);
}

}  // namespace shop::picture
