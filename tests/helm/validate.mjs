// Holds documents against the schemas of Kubernetes, of the Gateway API and of the Prometheus operator: an array of them as JSON on
// standard input, a line for each fault on standard output. Exit code 1 if there was one, and for a kind that nobody knows.
import {readFileSync} from 'node:fs';

const groups = {
  'gateway.networking.k8s.io': '@kubernetes-models/gateway-api/gateway.networking.k8s.io',
  'monitoring.coreos.com': '@kubernetes-models/prometheus-operator/monitoring.coreos.com'
};

const documents = JSON.parse(readFileSync(0));
for (const document of documents) {
  const [group, version] = document.apiVersion.includes('/') ? document.apiVersion.split('/') : ['', document.apiVersion];
  const home = groups[group] ?? (group ? `kubernetes-models/${group}` : 'kubernetes-models');
  try {
    const {[document.kind]: Model} = await import(`${home}/${version}/${document.kind}`);
    new Model(document).validate();
  } catch (error) {
    console.log(`${document.kind} ${document.metadata?.name}: ${error.message}`);
    process.exitCode = 1;
  }
}
