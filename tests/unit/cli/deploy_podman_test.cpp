// The podman driver: what a release is made of, and the switch. podman itself is a fake here.
#include <catch2/catch.hpp>

#include "deploy_fake_podman.hpp"

using namespace shop;
using namespace shop::cli::deploy;
using test::PodmanRig;

TEST_CASE("podman driver: a part is the image's content, what it says, settings and secrets",
          "[deploy][podman]") {
    PodmanRig rig;
    REQUIRE(rig.secrets.set("orderd", "mail-password", "one"));
    const Part part = rig.collect();
    CHECK(part.binary == "sha256:1");
    CHECK(part.unit.empty());
    CHECK(part.description.version == "1.0");
    CHECK(rig.objects.read(part.settings, "orderd.toml").value_or("") == rig.settings_text());
    REQUIRE(part.secrets.size() == 1);
    CHECK(fingerprint(rig.collect()) == fingerprint(part));
}

TEST_CASE(
    "podman driver: an image that is not there is fetched, one of this machine's own asked "
    "for",
    "[deploy][podman]") {
    PodmanRig rig;
    rig.service.image = "registry.example.org/orderd";
    std::filesystem::create_directories(rig.path("images/registry.example.org"));
    CHECK(rig.collect_trouble() == "");
    CHECK(rig.take_calls() == "pull registry.example.org/orderd\n");
    rig.service.image = "localhost/shop-orderd:9";
    CHECK(rig.collect_trouble().find("make images") != std::string::npos);
    CHECK(rig.take_calls() == "");
}

TEST_CASE("podman driver: an image that is none of ours, or another's, is refused",
          "[deploy][podman]") {
    PodmanRig rig;
    rig.write("describe", R"({"service": "userd"})");
    CHECK(rig.collect_trouble().find("it says that it is \"userd\"") != std::string::npos);
    rig.write("describe", "nonsense");
    CHECK(rig.collect_trouble().find("can't be read") != std::string::npos);
    for (const auto* user : {"", "root", "0:0", "15003:", "-1:5"}) {
        INFO(user);
        rig.write("images/sha256:1", R"([{"Id": "1", "User": ")" + std::string(user) + R"("}])");
        CHECK(rig.collect_trouble().find("is no image of a shop's service") != std::string::npos);
    }
    std::filesystem::remove(rig.service.settings);
    CHECK(rig.collect_trouble() != "");
}

TEST_CASE("podman driver: the first container is confined, and reached by the service's address",
          "[deploy][podman]") {
    PodmanRig rig;
    const Part part = rig.collect();
    REQUIRE(rig.driver->stage(rig.service, part));
    CHECK(rig.take_calls() == "tag localhost/shop-release/orderd:1\n");
    REQUIRE(rig.switch_to(part));
    CHECK(rig.take_calls() == "run shop-orderd-a\n");
    CHECK(rig.in_charge() == "orderd/a.sock");
    const std::string made = rig.read("containers/shop-orderd-a");
    for (const std::string words :
         {R"("--read-only")", R"("--cap-drop","all")", R"("--security-opt","no-new-privileges")",
          R"("--network","none")", R"("--pod","shop-orderd")", R"("--memory","536870912b")"}) {
        INFO(words);
        CHECK(made.find(words) != std::string::npos);
    }
    const auto mounted = [&](const std::string& folder, const std::string& how) {
        return made.find("\"" + rig.path(folder).string() + ":" + rig.path(folder).string() + ":" +
                         how + "\"") != std::string::npos;
    };
    CHECK(mounted("data/orderd", "rw"));
    CHECK(mounted("keys", "ro"));
    CHECK(mounted("keys/orderd", "rw"));
    CHECK(mounted("run", "ro"));
    CHECK(mounted("run/orderd", "rw"));
    CHECK(made.find("SHOP_ORDERD_SOCKET=" + rig.path("run/orderd/a.sock").string()) !=
          std::string::npos);
}

TEST_CASE("podman driver: names of images that neither a kept release nor a container needs go",
          "[deploy][podman]") {
    PodmanRig rig;
    REQUIRE(rig.switch_to(rig.collect()));
    rig.make_image("2", "1.1", 1);
    cli::deploy::Release kept;
    kept.parts = {rig.collect("2")};
    rig.take_calls();
    rig.write("tags",
              "localhost/shop-release/orderd:1\nlocalhost/shop-release/orderd:2\n"
              "localhost/shop-release/orderd:3\nlocalhost/shop-release/userd:3\n"
              "localhost/shop-orderd:3\n<none>:<none>\n");
    REQUIRE(rig.driver->prune({kept}));
    CHECK(rig.take_calls() == "rmi localhost/shop-release/orderd:3\n");
    std::filesystem::remove(rig.path("tags"));
    REQUIRE(rig.driver->prune({}));
    CHECK(rig.take_calls() == "");
}

TEST_CASE("podman driver: the pieces of the others' keys are links in a folder of its own",
          "[deploy][podman]") {
    PodmanRig rig;
    REQUIRE(rig.driver->stage(rig.service, rig.collect()));
    const auto link = [&](const std::string& file) {
        return std::filesystem::read_symlink(rig.path("keys/orderd/" + file)).string();
    };
    CHECK(link("userd.pub") == "../userd/userd.pub");
    CHECK(link("userd.next.pub") == "../userd/userd.next.pub");
    CHECK(link("userd.previous.pub") == "../userd/userd.previous.pub");
    CHECK(link("productd.pub") == "../productd/productd.pub");
    CHECK(link("storefrontd.pub") == "../storefrontd/storefrontd.pub");
    CHECK_FALSE(std::filesystem::exists(rig.path("keys/orderd/orderd.pub")));
    const auto mode = [&](const std::string& folder) {
        return static_cast<unsigned>(std::filesystem::status(rig.path(folder)).permissions());
    };
    CHECK(mode("data/orderd") == 0700);
    CHECK(mode("keys/orderd") == 0755);
    CHECK(mode("run/orderd") == 02755);
}

TEST_CASE("podman driver: the old container is in charge until the new one is ready beside it",
          "[deploy][podman]") {
    PodmanRig rig;
    REQUIRE(rig.switch_to(rig.collect()));
    rig.take_calls();
    rig.make_image("2", "1.1", 1);
    const Part next = rig.collect("2");
    REQUIRE(rig.switch_to(next));
    CHECK(rig.take_calls() ==
          "run shop-orderd-b\nstop shop-orderd-a while b.sock is in charge\nrm shop-orderd-a\n");
    CHECK(rig.in_charge() == "orderd/b.sock");
    const auto instance = rig.driver->instance(rig.service);
    REQUIRE(instance);
    CHECK(instance->running);
    CHECK(instance->binary == "sha256:2");
    CHECK(rig.driver->drift(rig.service, next).value().empty());
}

TEST_CASE("podman driver: what runs already with all its content is left alone",
          "[deploy][podman]") {
    PodmanRig rig;
    const Part part = rig.collect();
    REQUIRE(rig.switch_to(part));
    rig.take_calls();
    REQUIRE(rig.switch_to(part));
    CHECK(rig.take_calls() == "");
    rig.write("orderd.toml", rig.settings_text() + "currency = \"EUR\"\n");
    REQUIRE(rig.switch_to(rig.collect()));
    CHECK(rig.take_calls().starts_with("run shop-orderd-b\n"));
    REQUIRE(rig.switch_to(part));
    CHECK(rig.take_calls().starts_with("run shop-orderd-a\n"));
}

TEST_CASE("podman driver: a candidate that is never ready goes, and the old one stays",
          "[deploy][podman]") {
    PodmanRig rig;
    REQUIRE(rig.switch_to(rig.collect()));
    rig.take_calls();
    rig.make_image("2", "1.1", 1);
    rig.b->ready = false;
    const auto done = rig.switch_to(rig.collect("2"));
    REQUIRE_FALSE(done);
    CHECK(done.error().code == Code::timeout);
    CHECK(done.error().message.find("it was not ready within 1 s") != std::string::npos);
    CHECK(rig.take_calls() ==
          "run shop-orderd-b\nstop shop-orderd-b while a.sock is in charge\nrm shop-orderd-b\n");
    CHECK(rig.in_charge() == "orderd/a.sock");
    CHECK(rig.has("shop-orderd-a"));
}

TEST_CASE("podman driver: a candidate that dies says why", "[deploy][podman]") {
    PodmanRig rig;
    REQUIRE(rig.switch_to(rig.collect()));
    rig.make_image("2", "1.1", 1);
    rig.b->ready = false;
    rig.write("dies", "");
    rig.write("log", "time=\"x\" level=error msg=\"podman's\"\nThe store is of format 9.\n");
    const auto done = rig.switch_to(rig.collect("2"));
    REQUIRE_FALSE(done);
    CHECK(done.error().message ==
          "shop-orderd did not start: exit 3. Its last words:\nThe store is of format 9.");
    CHECK(rig.in_charge() == "orderd/a.sock");
    CHECK_FALSE(rig.has("shop-orderd-b"));
}

TEST_CASE("podman driver: another store format starts after the old container has ended",
          "[deploy][podman]") {
    PodmanRig rig;
    REQUIRE(rig.switch_to(rig.collect()));
    rig.take_calls();
    rig.make_image("2", "2.0", 2);
    REQUIRE(rig.switch_to(rig.collect("2")));
    CHECK(rig.take_calls().starts_with(
        "stop shop-orderd-a while a.sock is in charge\nrun shop-orderd-b\n"));
    CHECK(rig.in_charge() == "orderd/b.sock");
}

TEST_CASE("podman driver: what a deployer that died left behind is finished, or undone",
          "[deploy][podman]") {
    PodmanRig rig;
    const Part before = rig.collect();
    REQUIRE(rig.switch_to(before));
    const std::string a = rig.read("containers/shop-orderd-a");
    rig.make_image("2", "1.1", 1);
    const Part next = rig.collect("2");
    REQUIRE(rig.switch_to(next));
    rig.take_calls();

    // After the link was changed: the old one is still there.
    rig.write("containers/shop-orderd-a", a);
    CHECK(rig.driver->drift(rig.service, next).value() ==
          std::vector<std::string>{"a second container is there: shop-orderd-a"});
    REQUIRE(rig.switch_to(next));
    CHECK(rig.take_calls() == "stop shop-orderd-a while b.sock is in charge\nrm shop-orderd-a\n");

    // Before it: the new one is there already. Going back removes it.
    const std::string b = rig.read("containers/shop-orderd-b");
    REQUIRE(rig.switch_to(before));
    rig.write("containers/shop-orderd-b", b);
    rig.take_calls();
    REQUIRE(rig.switch_to(before));
    CHECK(rig.take_calls() == "stop shop-orderd-b while a.sock is in charge\nrm shop-orderd-b\n");
    // Going on makes it anew.
    rig.write("containers/shop-orderd-b", b);
    REQUIRE(rig.switch_to(next));
    CHECK(rig.take_calls() ==
          "stop shop-orderd-b while a.sock is in charge\nrm shop-orderd-b\nrun shop-orderd-b\n"
          "stop shop-orderd-a while b.sock is in charge\nrm shop-orderd-a\n");
}

TEST_CASE("podman driver: secrets go by standard input, and those of before are forgotten",
          "[deploy][podman]") {
    PodmanRig rig;
    REQUIRE(rig.secrets.set("orderd", "mail-password", "very secret"));
    rig.write("podman-secrets/shop-userd.mail-password.1", "another service's");
    const Part before = rig.collect();
    REQUIRE(rig.switch_to(before));
    CHECK(rig.read("podman-secrets/shop-orderd.mail-password.1") == "very secret");
    const std::string made = rig.read("containers/shop-orderd-a");
    CHECK(made.find("shop-orderd.mail-password.1,type=mount,target=/run/credentials/"
                    "shop-orderd.service/mail-password,uid=15003,"
                    "gid=15003,mode=0400") != std::string::npos);
    REQUIRE(rig.secrets.set("orderd", "mail-password", "more secret"));
    REQUIRE(rig.switch_to(rig.collect()));
    CHECK(rig.read("podman-secrets/shop-orderd.mail-password.2") == "more secret");
    CHECK_FALSE(std::filesystem::exists(rig.path("podman-secrets/shop-orderd.mail-password.1")));
    CHECK(rig.read("podman-secrets/shop-userd.mail-password.1") != "");
    const std::string all = rig.take_calls() + made + rig.read("containers/shop-orderd-b");
    CHECK(all.find("very secret") == std::string::npos);
    CHECK(all.find("more secret") == std::string::npos);
    REQUIRE(rig.switch_to(before));
    CHECK(rig.read("podman-secrets/shop-orderd.mail-password.1") == "very secret");
}

TEST_CASE("podman driver: addresses elsewhere need a network", "[deploy][podman]") {
    PodmanRig rig;
    rig.write("orderd.toml", rig.settings_text() + "products_url = \"https://b.example\"\n");
    REQUIRE(rig.switch_to(rig.collect()));
    CHECK(rig.read("containers/shop-orderd-a").find(R"("--network","podman")") !=
          std::string::npos);
}

TEST_CASE("podman driver: settings without folders, or that were changed, are not switched to",
          "[deploy][podman]") {
    PodmanRig rig;
    rig.write("orderd.toml", "data_dir = \"relative\"\nkeys_dir = \"/x\"\n");
    const auto no_folders = rig.switch_to(rig.collect());
    REQUIRE_FALSE(no_folders);
    CHECK(no_folders.error().message.find("data_dir and keys_dir") != std::string::npos);
    rig.write("orderd.toml", rig.settings_text());
    const Part part = rig.collect();
    REQUIRE(write_file(rig.objects.path(part.settings, "orderd.toml"), "x = 1\n", 0644));
    CHECK_FALSE(rig.driver->stage(rig.service, part));
    CHECK_FALSE(rig.switch_to(part));
    CHECK(rig.take_calls() == "");
}
