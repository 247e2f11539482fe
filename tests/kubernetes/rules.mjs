// What no type can say: which parts belong together, and what a pod of ours must not be allowed.

const labelled = (selector, labels = {}) =>
    Object.entries(selector ?? {}).every(([name, value]) => labels[name] === value);
const podsOf = (docs) => docs.filter((doc) => doc.kind === "Deployment");
const podLabels = (deployment) => deployment.spec.template.metadata.labels;
const containersOf = (pod) => [...(pod.initContainers ?? []), ...pod.containers];

// The profile "restricted" of the Pod Security Standards, and that nothing but volumes is written to.
function checkSecurity(name, pod, say) {
    const context = pod.securityContext ?? {};
    if (context.runAsNonRoot !== true || !(context.runAsUser > 0)) say(`${name} may run as root`);
    if (context.seccompProfile?.type !== "RuntimeDefault") say(`${name} has no seccomp profile`);
    if (pod.automountServiceAccountToken !== false) say(`${name} gets a token of the cluster`);
    // SHOP_USERD_PORT of a Service "shop-userd" would be a setting.
    if (pod.enableServiceLinks !== false) say(`${name} gets variables of Services`);
    if (pod.hostNetwork || pod.hostPID || pod.hostIPC) say(`${name} shares namespaces with its node`);
    for (const container of containersOf(pod)) {
        const own = container.securityContext ?? {};
        if (own.allowPrivilegeEscalation !== false) say(`${name}/${container.name} may gain privileges`);
        if (own.readOnlyRootFilesystem !== true) say(`${name}/${container.name} can write to its image`);
        if (own.capabilities?.drop?.[0] !== "ALL") say(`${name}/${container.name} keeps capabilities`);
        if (!container.resources?.limits?.memory) say(`${name}/${container.name} has no bound of memory`);
    }
}

function checkVolumes(name, pod, claims, say) {
    const volumes = new Map(pod.volumes.map((volume) => [volume.name, volume]));
    for (const { name: volume, persistentVolumeClaim: claim } of pod.volumes) {
        if (!claim) continue;
        const found = claims.get(claim.claimName);
        if (!found) say(`${name}: there is no claim ${claim.claimName}`);
        const ours = claim.claimName === name || claim.claimName === `${name}-keys`;
        if (!ours && !claim.readOnly) say(`${name}: can write to ${volume}, which is another's`);
        if (claim.claimName === name && found?.spec.accessModes[0] !== "ReadWriteOncePod")
            say(`${name}: two pods could have its store`);
    }
    for (const container of containersOf(pod))
        for (const mount of container.volumeMounts ?? []) {
            const volume = volumes.get(mount.name);
            if (!volume) say(`${name}/${container.name}: there is no volume ${mount.name}`);
            else if (volume.persistentVolumeClaim?.readOnly && !mount.readOnly)
                say(`${name}/${container.name}: can write to ${mount.name}, which is another's`);
        }
}

function checkProbes(name, container, say) {
    const ports = (container.ports ?? []).map((port) => port.name);
    const paths = { startupProbe: "/livez", livenessProbe: "/livez", readinessProbe: "/readyz" };
    for (const [probe, path] of Object.entries(paths)) {
        const asked = container[probe]?.httpGet;
        if (asked?.path !== path) say(`${name}: ${probe} does not ask ${path}`);
        if (!ports.includes(asked?.port)) say(`${name}: ${probe} asks a port that is not there`);
    }
}

// One Service, one disruption budget and one network policy for each Deployment, of its very pods and ports.
function checkCompany(docs, deployment, say) {
    const name = deployment.metadata.name, labels = podLabels(deployment);
    const port = deployment.spec.template.spec.containers[0].ports[0];
    const of = (kind, selector) => docs.filter((doc) =>
        doc.kind === kind && doc.metadata.name === name && labelled(selector(doc), labels));
    const [service] = of("Service", (doc) => doc.spec.selector);
    const [policy] = of("NetworkPolicy", (doc) => doc.spec.podSelector.matchLabels);
    if (!service) say(`${name}: no Service leads to it`);
    else if (service.spec.ports[0].targetPort !== port.name || service.spec.ports[0].port !== port.containerPort)
        say(`${name}: its Service leads to another port`);
    if (of("PodDisruptionBudget", (doc) => doc.spec.selector.matchLabels).length !== 1)
        say(`${name}: no disruption budget`);
    if (!policy) say(`${name}: no network policy`);
    else if (policy.spec.ingress[0].ports[0].port !== port.containerPort)
        say(`${name}: its network policy is for another port`);
}

// Whom one may call lets it in, on the port that it listens on.
function checkCalls(docs, say) {
    const pods = podsOf(docs), policies = docs.filter((doc) => doc.kind === "NetworkPolicy");
    for (const policy of policies)
        for (const way of policy.spec.egress ?? [])
            for (const { podSelector: selector, namespaceSelector: elsewhere } of way.to) {
                if (elsewhere) continue;
                const callee = pods.find((pod) => labelled(selector.matchLabels, podLabels(pod)));
                if (!callee) { say(`${policy.metadata.name} calls whom nobody knows`); continue; }
                const host = policies.find((other) => other.metadata.name === callee.metadata.name);
                const caller = pods.find((pod) => pod.metadata.name === policy.metadata.name);
                const welcome = host.spec.ingress[0].from.some((from) =>
                    labelled(from.podSelector.matchLabels, podLabels(caller)));
                if (!welcome || host.spec.ingress[0].ports[0].port !== way.ports[0].port)
                    say(`${policy.metadata.name} may call ${callee.metadata.name}, which does not let it in`);
            }
}

// All that is wrong, one line each.
export function findings(docs, version) {
    const found = [], say = (line) => found.push(line);
    const claims = new Map(docs.filter((doc) => doc.kind === "PersistentVolumeClaim")
        .map((doc) => [doc.metadata.name, doc]));
    const ids = new Set();
    for (const deployment of podsOf(docs)) {
        const { metadata: { name }, spec } = deployment, pod = spec.template.spec;
        if (!labelled(spec.selector.matchLabels, podLabels(deployment)))
            say(`${name}: its selector is not for its pods`);
        if (spec.replicas !== 1 || spec.strategy?.type !== "Recreate") say(`${name}: two pods could have its store`);
        if (ids.size === ids.add(pod.securityContext?.fsGroup).size) say(`${name}: another service has its group`);
        for (const { image } of containersOf(pod))
            if (image !== `localhost/shop-${name}:${version}`) say(`${name}: ${image} is not this version's`);
        checkSecurity(name, pod, say);
        checkVolumes(name, pod, claims, say);
        checkProbes(name, pod.containers[0], say);
        checkCompany(docs, deployment, say);
    }
    checkCalls(docs, say);
    return found;
}
