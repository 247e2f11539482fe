#include <filesystem>

#include "all.hpp"
#include "base/file.hpp"
#include "deploy/command.hpp"
#include "local_options.hpp"

namespace shop::cli {

Command deploy_init() {
    return {"deploy init", "Write a deploy.yaml that says how and where to deploy",
            [](Args& args) -> Run {
                auto file = deploy::add_file_option(args);
                auto driver = std::make_shared<std::string>("systemd");
                args.text("--driver", *driver, "How services run on the host")
                    .one_of({"systemd", "podman", "kubernetes"});
                return [file, driver](Shell& shell) -> Result<int> {
                    const auto path = absolute_path(*file);
                    std::error_code ignored;
                    if (std::filesystem::exists(path, ignored))
                        return fail(Code::already_exists,
                                    path.string() +
                                        " is there already, and stays as it is. Move it away, or "
                                        "name another with --file.");
                    SHOP_CHECK(write_file(path, deploy::manifest_template(*driver), 0644));
                    shell.say("Written: " + path.string() +
                              ". Read it, then see what it would do with: shopctl deploy plan" +
                              (*file == deploy::kManifestFile ? "" : " --file " + *file));
                    return kExitDone;
                };
            }};
}

}  // namespace shop::cli
