// Usage: check.mjs FOLDER VERSION. Then the same again for manifests that are broken on purpose, each in one way, which
// have to be found.
import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseAllDocuments } from "yaml";
import { findings } from "./rules.mjs";

const [folder, version] = process.argv.slice(2);
const files = readdirSync(folder).filter((name) => name.endsWith(".yaml")).sort();
const text = files.map((name) => readFileSync(join(folder, name), "utf8")).join("---\n");

// What the types find, and what the rules find, by what is broken.
const brokenTypes = [
    [/replicas: 1\n/, "replicas: one\n"],
    [/imagePullPolicy: IfNotPresent/, "imagePullPolicy: Sometimes"],
    [/readinessProbe:/, "readynessProbe:"],
    [/    spec:\n {6}# It calls/, "    specs:\n      # It calls"],
    [/  selector:\n    matchLabels: {app.kubernetes.io\/name: userd}\n  template/, "  template"],
    [/drop: \[ALL\]/, "drop: ALL"],
    [/maxUnavailable: 1/, "maxUnavailable: [1]"],
    [/kind: PodDisruptionBudget/, "kind: DisruptionBudget"],
    [/fsGroup: 15002/, 'fsGroup: "15002"'],
    [/- {port: 5003}/, "- {ports: 5003}"],
];
const brokenRules = [
    [/runAsNonRoot: true/, "runAsNonRoot: false", "may run as root"],
    [/readOnlyRootFilesystem: true/, "readOnlyRootFilesystem: false", "can write to its image"],
    [/drop: \[ALL\]/, "drop: [NET_RAW]", "keeps capabilities"],
    [/seccompProfile: .*/, "seccompProfile: {type: Unconfined}", "no seccomp profile"],
    [/limits: {memory: 1Gi}/, "limits: {cpu: 1}", "no bound of memory"],
    [/enableServiceLinks: false/, "enableServiceLinks: true", "variables of Services"],
    [/strategy: {type: Recreate}/, "strategy: {type: RollingUpdate}", "two pods could have its store"],
    [/accessModes: \[ReadWriteOncePod\]/, "accessModes: [ReadWriteMany]", "two pods could have its store"],
    [/fsGroup: 15003/, "fsGroup: 15001", "another service has its group"],
    [/claimName: userd-keys, readOnly: true/, "claimName: userd-keys", "which is another's"],
    [/claimName: orderd}/, "claimName: orders}", "there is no claim orders"],
    [/mountPath: \/var\/lib\/shop\/keys\/userd, readOnly: true/, "mountPath: /x", "which is another's"],
    [/path: \/readyz/, "path: /livez", "readinessProbe does not ask /readyz"],
    [/{name: http, containerPort: 5002}/, "{name: web, containerPort: 5002}", "asks a port that is not there"],
    [/port: 5003, targetPort: http/, "port: 5004, targetPort: http", "its Service leads to another port"],
    [/selector: {app.kubernetes.io\/name: userd}/, "selector: {app.kubernetes.io/name: users}",
        "no Service leads to it"],
    [/  - podSelector:\n {12}matchLabels: {app.kubernetes.io\/name: orderd}/,
        "  - podSelector:\n            matchLabels: {app.kubernetes.io/name: x}", "which does not let it in"],
    [/:\d+\.\d+\.\d+\n/, ":0.0.0\n", "is not this version's"],
];

const docsOf = (yaml) => parseAllDocuments(yaml).map((doc) => doc.toJS());
function broken([what, by]) {
    const other = text.replace(what, by);
    if (other === text) throw new Error(`there is nothing to break by ${what}`);
    return docsOf(other);
}

// A literal of the kind's own type: tsc finds what is wrong, missing or unknown.
function typescriptOf(docs) {
    return docs.map((doc, i) => `import type { I${doc.kind} as T${i} } from "kubernetes-models/${doc.apiVersion}";\n` +
        `const d${i}: T${i} = ${JSON.stringify(doc, null, 1)};\nvoid d${i};\n`).join("");
}

function compile(sources) {
    rmSync("src", { recursive: true, force: true });
    mkdirSync("src");
    for (const [name, docs] of sources) writeFileSync(`src/${name}.ts`, typescriptOf(docs));
    writeFileSync("tsconfig.json", JSON.stringify({ include: ["src"], compilerOptions: {
        noEmit: true, strict: true, skipLibCheck: true, module: "nodenext", target: "es2022", types: [] } }));
    try {
        execFileSync("node_modules/.bin/tsc", ["-p", "."], { encoding: "utf8" });
        return [];
    } catch (failure) {
        if (!failure.stdout) throw failure;
        return failure.stdout.split("\n").filter((line) => line.startsWith("src/"));
    }
}

const docs = docsOf(text);
const errors = compile([["shop", docs], ...brokenTypes.map((way, i) => [`broken${i}`, broken(way)])]);
const wrong = errors.filter((line) => line.startsWith("src/shop.ts"));
wrong.push(...findings(docs, version));
brokenTypes.forEach(([what], i) => {
    if (!errors.some((line) => line.startsWith(`src/broken${i}.ts`)))
        wrong.push(`the types do not find ${what} broken`);
});
for (const way of brokenRules)
    if (!findings(broken(way), version).some((line) => line.includes(way[2])))
        wrong.push(`the rules do not find: ${way[2]}`);
if (wrong.length > 0) {
    console.error(wrong.join("\n"));
    console.error("kubernetes: failed at: packaging/kubernetes, or what finds its faults");
    process.exit(1);
}
const ways = brokenTypes.length + brokenRules.length;
console.log(`${docs.length} objects of ${files.length} files; ${ways} ways to break them are found`);
console.log(`script tests: ${1 + ways} passed`);
