/* SPDX-License-Identifier: Apache-2.0 */
/* What becomes of API versions. */
#include "kube/api.h"

#include "semver/semver.h"

#include <limits.h>
#include <stdlib.h>

/* clang-format off */
/* Sorted by API version and kind. */
static const struct kube_api apis[] = {
	{ "admissionregistration.k8s.io/v1alpha1", "MutatingAdmissionPolicy", 35, 38, false, NULL, NULL },
	{ "admissionregistration.k8s.io/v1alpha1", "MutatingAdmissionPolicyBinding", 35, 38, false, NULL, NULL },
	{ "admissionregistration.k8s.io/v1alpha1", "MutatingAdmissionPolicyBindingList", 35, 38, false, NULL, NULL },
	{ "admissionregistration.k8s.io/v1alpha1", "MutatingAdmissionPolicyList", 35, 38, false, NULL, NULL },
	{ "admissionregistration.k8s.io/v1alpha1", "ValidatingAdmissionPolicy", 29, 32, false, NULL, NULL },
	{ "admissionregistration.k8s.io/v1alpha1", "ValidatingAdmissionPolicyBinding", 29, 32, false, NULL, NULL },
	{ "admissionregistration.k8s.io/v1alpha1", "ValidatingAdmissionPolicyBindingList", 29, 32, false, NULL, NULL },
	{ "admissionregistration.k8s.io/v1alpha1", "ValidatingAdmissionPolicyList", 29, 32, false, NULL, NULL },
	{ "admissionregistration.k8s.io/v1beta1", "MutatingAdmissionPolicy", 37, 40, false, "admissionregistration.k8s.io/v1", "MutatingAdmissionPolicy" },
	{ "admissionregistration.k8s.io/v1beta1", "MutatingAdmissionPolicyBinding", 37, 40, false, "admissionregistration.k8s.io/v1", "MutatingAdmissionPolicyBinding" },
	{ "admissionregistration.k8s.io/v1beta1", "MutatingAdmissionPolicyBindingList", 37, 40, false, "admissionregistration.k8s.io/v1", "MutatingAdmissionPolicyBindingList" },
	{ "admissionregistration.k8s.io/v1beta1", "MutatingAdmissionPolicyList", 37, 40, false, "admissionregistration.k8s.io/v1", "MutatingAdmissionPolicyList" },
	{ "admissionregistration.k8s.io/v1beta1", "MutatingWebhookConfiguration", 16, 22, false, "admissionregistration.k8s.io/v1", "MutatingWebhookConfiguration" },
	{ "admissionregistration.k8s.io/v1beta1", "MutatingWebhookConfigurationList", 16, 22, false, "admissionregistration.k8s.io/v1", "MutatingWebhookConfigurationList" },
	{ "admissionregistration.k8s.io/v1beta1", "ValidatingAdmissionPolicy", 31, 34, false, NULL, NULL },
	{ "admissionregistration.k8s.io/v1beta1", "ValidatingAdmissionPolicyBinding", 31, 34, false, NULL, NULL },
	{ "admissionregistration.k8s.io/v1beta1", "ValidatingAdmissionPolicyBindingList", 31, 34, false, NULL, NULL },
	{ "admissionregistration.k8s.io/v1beta1", "ValidatingAdmissionPolicyList", 31, 34, false, NULL, NULL },
	{ "admissionregistration.k8s.io/v1beta1", "ValidatingWebhookConfiguration", 16, 22, false, "admissionregistration.k8s.io/v1", "ValidatingWebhookConfiguration" },
	{ "admissionregistration.k8s.io/v1beta1", "ValidatingWebhookConfigurationList", 16, 22, false, "admissionregistration.k8s.io/v1", "ValidatingWebhookConfigurationList" },
	{ "apiextensions.k8s.io/v1beta1", "CustomResourceDefinition", 16, 22, true, "apiextensions.k8s.io/v1", "CustomResourceDefinition" },
	{ "apiregistration.k8s.io/v1beta1", "APIService", 19, 22, true, "apiregistration.k8s.io/v1", "APIService" },
	{ "apps/v1beta1", "ControllerRevision", 8, 16, false, "apps/v1", "ControllerRevision" },
	{ "apps/v1beta1", "ControllerRevisionList", 8, 16, false, "apps/v1", "ControllerRevisionList" },
	{ "apps/v1beta1", "Deployment", 8, 16, false, "apps/v1", "Deployment" },
	{ "apps/v1beta1", "DeploymentList", 8, 16, false, "apps/v1", "DeploymentList" },
	{ "apps/v1beta1", "DeploymentRollback", 8, 16, false, "apps/v1", "DeploymentRollback" },
	{ "apps/v1beta1", "Scale", 8, 16, false, "autoscaling/v1", "Scale" },
	{ "apps/v1beta1", "StatefulSet", 8, 16, false, "apps/v1", "StatefulSet" },
	{ "apps/v1beta1", "StatefulSetList", 8, 16, false, "apps/v1", "StatefulSetList" },
	{ "apps/v1beta2", "ControllerRevision", 9, 16, false, "apps/v1", "ControllerRevision" },
	{ "apps/v1beta2", "ControllerRevisionList", 9, 16, false, "apps/v1", "ControllerRevisionList" },
	{ "apps/v1beta2", "DaemonSet", 9, 16, false, "apps/v1", "DaemonSet" },
	{ "apps/v1beta2", "DaemonSetList", 9, 16, false, "apps/v1", "DaemonSetList" },
	{ "apps/v1beta2", "Deployment", 9, 16, false, "apps/v1", "Deployment" },
	{ "apps/v1beta2", "DeploymentList", 9, 16, false, "apps/v1", "DeploymentList" },
	{ "apps/v1beta2", "ReplicaSet", 9, 16, false, "apps/v1", "ReplicaSet" },
	{ "apps/v1beta2", "ReplicaSetList", 9, 16, false, "apps/v1", "ReplicaSetList" },
	{ "apps/v1beta2", "Scale", 9, 16, false, "autoscaling/v1", "Scale" },
	{ "apps/v1beta2", "StatefulSet", 9, 16, false, "apps/v1", "StatefulSet" },
	{ "apps/v1beta2", "StatefulSetList", 9, 16, false, "apps/v1", "StatefulSetList" },
	{ "authentication.k8s.io/v1alpha1", "SelfSubjectReview", 29, 32, false, NULL, NULL },
	{ "authentication.k8s.io/v1beta1", "SelfSubjectReview", 30, 33, false, NULL, NULL },
	{ "authentication.k8s.io/v1beta1", "TokenReview", 19, 22, false, "authentication.k8s.io/v1", "TokenReview" },
	{ "authorization.k8s.io/v1beta1", "LocalSubjectAccessReview", 19, 22, false, "authorization.k8s.io/v1", "LocalSubjectAccessReview" },
	{ "authorization.k8s.io/v1beta1", "SelfSubjectAccessReview", 19, 22, false, "authorization.k8s.io/v1", "SelfSubjectAccessReview" },
	{ "authorization.k8s.io/v1beta1", "SelfSubjectRulesReview", 19, 22, false, "authorization.k8s.io/v1", "SelfSubjectRulesReview" },
	{ "authorization.k8s.io/v1beta1", "SubjectAccessReview", 19, 22, false, "authorization.k8s.io/v1", "SubjectAccessReview" },
	{ "autoscaling/v2beta1", "HorizontalPodAutoscaler", 22, 25, true, "autoscaling/v2", "HorizontalPodAutoscaler" },
	{ "autoscaling/v2beta2", "HorizontalPodAutoscaler", 23, 26, true, "autoscaling/v2", "HorizontalPodAutoscaler" },
	{ "batch/v1beta1", "CronJob", 21, 25, false, "batch/v1", "CronJob" },
	{ "batch/v1beta1", "CronJobList", 21, 25, false, "batch/v1", "CronJobList" },
	{ "batch/v2alpha1", "CronJob", 8, 21, true, "batch/v1", "CronJob" },
	{ "certificates.k8s.io/v1alpha1", "ClusterTrustBundle", 34, 37, false, NULL, NULL },
	{ "certificates.k8s.io/v1alpha1", "ClusterTrustBundleList", 34, 37, false, NULL, NULL },
	{ "certificates.k8s.io/v1beta1", "CertificateSigningRequest", 19, 22, false, "certificates.k8s.io/v1", "CertificateSigningRequest" },
	{ "certificates.k8s.io/v1beta1", "CertificateSigningRequestList", 19, 22, false, "certificates.k8s.io/v1", "CertificateSigningRequestList" },
	{ "certificates.k8s.io/v1beta1", "ClusterTrustBundle", 37, 40, false, "certificates.k8s.io/v1", "ClusterTrustBundle" },
	{ "certificates.k8s.io/v1beta1", "ClusterTrustBundleList", 37, 40, false, "certificates.k8s.io/v1", "ClusterTrustBundleList" },
	{ "certificates.k8s.io/v1beta1", "PodCertificateRequest", 37, 40, false, "certificates.k8s.io/v1", "PodCertificateRequest" },
	{ "certificates.k8s.io/v1beta1", "PodCertificateRequestList", 37, 40, false, "certificates.k8s.io/v1", "PodCertificateRequestList" },
	{ "coordination.k8s.io/v1alpha2", "LeaseCandidate", 35, 38, false, NULL, NULL },
	{ "coordination.k8s.io/v1alpha2", "LeaseCandidateList", 35, 38, false, NULL, NULL },
	{ "coordination.k8s.io/v1beta1", "Lease", 19, 22, false, "coordination.k8s.io/v1", "Lease" },
	{ "coordination.k8s.io/v1beta1", "LeaseCandidate", 36, 39, false, NULL, NULL },
	{ "coordination.k8s.io/v1beta1", "LeaseCandidateList", 36, 39, false, NULL, NULL },
	{ "coordination.k8s.io/v1beta1", "LeaseList", 19, 22, false, "coordination.k8s.io/v1", "LeaseList" },
	{ "discovery.k8s.io/v1beta1", "EndpointSlice", 21, 25, false, "discovery.k8s.io/v1", "EndpointSlice" },
	{ "discovery.k8s.io/v1beta1", "EndpointSliceList", 21, 25, false, "discovery.k8s.io/v1", "EndpointSlice" },
	{ "events.k8s.io/v1beta1", "Event", 22, 25, false, NULL, NULL },
	{ "events.k8s.io/v1beta1", "EventList", 22, 25, false, NULL, NULL },
	{ "extensions/v1beta1", "DaemonSet", 8, 16, false, "apps/v1", "DaemonSet" },
	{ "extensions/v1beta1", "DaemonSetList", 8, 16, false, "apps/v1", "DaemonSetList" },
	{ "extensions/v1beta1", "Deployment", 8, 16, false, "apps/v1", "Deployment" },
	{ "extensions/v1beta1", "DeploymentList", 8, 16, false, "apps/v1", "DeploymentList" },
	{ "extensions/v1beta1", "DeploymentRollback", 8, 16, false, NULL, NULL },
	{ "extensions/v1beta1", "Ingress", 14, 22, false, "networking.k8s.io/v1", "Ingress" },
	{ "extensions/v1beta1", "IngressList", 14, 22, false, "networking.k8s.io/v1", "IngressList" },
	{ "extensions/v1beta1", "NetworkPolicy", 9, 16, false, "networking.k8s.io/v1", "NetworkPolicy" },
	{ "extensions/v1beta1", "NetworkPolicyList", 9, 16, false, "networking.k8s.io/v1", "NetworkPolicyList" },
	{ "extensions/v1beta1", "PodSecurityPolicy", 10, 16, true, NULL, NULL },
	{ "extensions/v1beta1", "ReplicaSet", 8, 16, false, "apps/v1", "ReplicaSet" },
	{ "extensions/v1beta1", "ReplicaSetList", 8, 16, false, "apps/v1", "ReplicaSetList" },
	{ "extensions/v1beta1", "Scale", 2, 16, false, NULL, NULL },
	{ "flowcontrol.apiserver.k8s.io/v1alpha1", "FlowSchema", 20, 24, true, "flowcontrol.apiserver.k8s.io/v1", "FlowSchema" },
	{ "flowcontrol.apiserver.k8s.io/v1alpha1", "PriorityLevelConfiguration", 20, 24, true, "flowcontrol.apiserver.k8s.io/v1", "PriorityLevelConfiguration" },
	{ "flowcontrol.apiserver.k8s.io/v1beta1", "FlowSchema", 23, 26, false, "flowcontrol.apiserver.k8s.io/v1beta3", "FlowSchema" },
	{ "flowcontrol.apiserver.k8s.io/v1beta1", "FlowSchemaList", 23, 26, false, "flowcontrol.apiserver.k8s.io/v1beta3", "FlowSchemaList" },
	{ "flowcontrol.apiserver.k8s.io/v1beta1", "PriorityLevelConfiguration", 23, 26, false, "flowcontrol.apiserver.k8s.io/v1beta3", "PriorityLevelConfiguration" },
	{ "flowcontrol.apiserver.k8s.io/v1beta1", "PriorityLevelConfigurationList", 23, 26, false, "flowcontrol.apiserver.k8s.io/v1beta3", "PriorityLevelConfigurationList" },
	{ "flowcontrol.apiserver.k8s.io/v1beta2", "FlowSchema", 26, 29, false, "flowcontrol.apiserver.k8s.io/v1beta3", "FlowSchema" },
	{ "flowcontrol.apiserver.k8s.io/v1beta2", "FlowSchemaList", 26, 29, false, "flowcontrol.apiserver.k8s.io/v1beta3", "FlowSchemaList" },
	{ "flowcontrol.apiserver.k8s.io/v1beta2", "PriorityLevelConfiguration", 26, 29, false, "flowcontrol.apiserver.k8s.io/v1beta3", "PriorityLevelConfiguration" },
	{ "flowcontrol.apiserver.k8s.io/v1beta2", "PriorityLevelConfigurationList", 26, 29, false, "flowcontrol.apiserver.k8s.io/v1beta3", "PriorityLevelConfigurationList" },
	{ "flowcontrol.apiserver.k8s.io/v1beta3", "FlowSchema", 29, 32, false, "flowcontrol.apiserver.k8s.io/v1", "FlowSchema" },
	{ "flowcontrol.apiserver.k8s.io/v1beta3", "FlowSchemaList", 29, 32, false, "flowcontrol.apiserver.k8s.io/v1", "FlowSchemaList" },
	{ "flowcontrol.apiserver.k8s.io/v1beta3", "PriorityLevelConfiguration", 29, 32, false, "flowcontrol.apiserver.k8s.io/v1", "PriorityLevelConfiguration" },
	{ "flowcontrol.apiserver.k8s.io/v1beta3", "PriorityLevelConfigurationList", 29, 32, false, "flowcontrol.apiserver.k8s.io/v1", "PriorityLevelConfigurationList" },
	{ "lifecycle.k8s.io/v1alpha1", "Eviction", 40, 43, false, NULL, NULL },
	{ "lifecycle.k8s.io/v1alpha1", "EvictionList", 40, 43, false, NULL, NULL },
	{ "lifecycle.k8s.io/v1alpha1", "EvictionRequest", 40, 43, false, NULL, NULL },
	{ "lifecycle.k8s.io/v1alpha1", "EvictionRequestList", 40, 43, false, NULL, NULL },
	{ "networking.k8s.io/v1beta1", "IPAddress", 34, 37, false, NULL, NULL },
	{ "networking.k8s.io/v1beta1", "IPAddressList", 34, 37, false, NULL, NULL },
	{ "networking.k8s.io/v1beta1", "Ingress", 19, 22, false, "networking.k8s.io/v1", "Ingress" },
	{ "networking.k8s.io/v1beta1", "IngressClass", 19, 22, false, "networking.k8s.io/v1", "IngressClassList" },
	{ "networking.k8s.io/v1beta1", "IngressClassList", 19, 22, false, "networking.k8s.io/v1", "IngressClassList" },
	{ "networking.k8s.io/v1beta1", "IngressList", 19, 22, false, "networking.k8s.io/v1", "IngressList" },
	{ "networking.k8s.io/v1beta1", "ServiceCIDR", 34, 37, false, NULL, NULL },
	{ "networking.k8s.io/v1beta1", "ServiceCIDRList", 34, 37, false, NULL, NULL },
	{ "node.k8s.io/v1beta1", "RuntimeClass", 22, 25, false, NULL, NULL },
	{ "node.k8s.io/v1beta1", "RuntimeClassList", 22, 25, false, NULL, NULL },
	{ "policy/v1beta1", "Eviction", 22, 25, false, NULL, NULL },
	{ "policy/v1beta1", "PodDisruptionBudget", 21, 25, false, "policy/v1", "PodDisruptionBudget" },
	{ "policy/v1beta1", "PodDisruptionBudgetList", 21, 25, false, "policy/v1", "PodDisruptionBudgetList" },
	{ "policy/v1beta1", "PodSecurityPolicy", 21, 25, true, NULL, NULL },
	{ "rbac.authorization.k8s.io/v1alpha1", "ClusterRole", 17, 22, true, "rbac.authorization.k8s.io/v1", "ClusterRole" },
	{ "rbac.authorization.k8s.io/v1alpha1", "ClusterRoleBinding", 17, 22, true, "rbac.authorization.k8s.io/v1", "ClusterRoleBinding" },
	{ "rbac.authorization.k8s.io/v1alpha1", "Role", 17, 22, true, "rbac.authorization.k8s.io/v1", "Role" },
	{ "rbac.authorization.k8s.io/v1alpha1", "RoleBinding", 17, 22, true, "rbac.authorization.k8s.io/v1", "RoleBinding" },
	{ "rbac.authorization.k8s.io/v1beta1", "ClusterRole", 17, 22, false, "rbac.authorization.k8s.io/v1", "ClusterRole" },
	{ "rbac.authorization.k8s.io/v1beta1", "ClusterRoleBinding", 17, 22, false, "rbac.authorization.k8s.io/v1", "ClusterRoleBinding" },
	{ "rbac.authorization.k8s.io/v1beta1", "ClusterRoleBindingList", 17, 22, false, "rbac.authorization.k8s.io/v1", "ClusterRoleBindingList" },
	{ "rbac.authorization.k8s.io/v1beta1", "ClusterRoleList", 17, 22, false, "rbac.authorization.k8s.io/v1", "ClusterRoleList" },
	{ "rbac.authorization.k8s.io/v1beta1", "Role", 17, 22, false, "rbac.authorization.k8s.io/v1", "Role" },
	{ "rbac.authorization.k8s.io/v1beta1", "RoleBinding", 17, 22, false, "rbac.authorization.k8s.io/v1", "RoleBinding" },
	{ "rbac.authorization.k8s.io/v1beta1", "RoleBindingList", 17, 22, false, "rbac.authorization.k8s.io/v1", "RoleBindingList" },
	{ "rbac.authorization.k8s.io/v1beta1", "RoleList", 17, 22, false, "rbac.authorization.k8s.io/v1", "RoleList" },
	{ "resource.k8s.io/v1alpha3", "DeviceTaintRule", 36, 39, false, NULL, NULL },
	{ "resource.k8s.io/v1alpha3", "DeviceTaintRuleList", 36, 39, false, NULL, NULL },
	{ "resource.k8s.io/v1alpha3", "ResourcePoolStatusRequest", 39, 42, false, NULL, NULL },
	{ "resource.k8s.io/v1alpha3", "ResourcePoolStatusRequestList", 39, 42, false, NULL, NULL },
	{ "resource.k8s.io/v1beta1", "DeviceClass", 35, 38, false, NULL, NULL },
	{ "resource.k8s.io/v1beta1", "DeviceClassList", 35, 38, false, NULL, NULL },
	{ "resource.k8s.io/v1beta1", "ResourceClaim", 35, 38, false, NULL, NULL },
	{ "resource.k8s.io/v1beta1", "ResourceClaimList", 35, 38, false, NULL, NULL },
	{ "resource.k8s.io/v1beta1", "ResourceClaimTemplate", 35, 38, false, NULL, NULL },
	{ "resource.k8s.io/v1beta1", "ResourceClaimTemplateList", 35, 38, false, NULL, NULL },
	{ "resource.k8s.io/v1beta1", "ResourceSlice", 35, 38, false, NULL, NULL },
	{ "resource.k8s.io/v1beta1", "ResourceSliceList", 35, 38, false, NULL, NULL },
	{ "resource.k8s.io/v1beta2", "DeviceClass", 36, 39, false, NULL, NULL },
	{ "resource.k8s.io/v1beta2", "DeviceClassList", 36, 39, false, NULL, NULL },
	{ "resource.k8s.io/v1beta2", "DeviceTaintRule", 39, 42, false, NULL, NULL },
	{ "resource.k8s.io/v1beta2", "DeviceTaintRuleList", 39, 42, false, NULL, NULL },
	{ "resource.k8s.io/v1beta2", "ResourceClaim", 36, 39, false, NULL, NULL },
	{ "resource.k8s.io/v1beta2", "ResourceClaimList", 36, 39, false, NULL, NULL },
	{ "resource.k8s.io/v1beta2", "ResourceClaimTemplate", 36, 39, false, NULL, NULL },
	{ "resource.k8s.io/v1beta2", "ResourceClaimTemplateList", 36, 39, false, NULL, NULL },
	{ "resource.k8s.io/v1beta2", "ResourceSlice", 36, 39, false, NULL, NULL },
	{ "resource.k8s.io/v1beta2", "ResourceSliceList", 36, 39, false, NULL, NULL },
	{ "scheduling.k8s.io/v1alpha1", "PriorityClass", 14, 22, true, "scheduling.k8s.io/v1", "PriorityClass" },
	{ "scheduling.k8s.io/v1beta1", "PodGroup", 40, 43, false, NULL, NULL },
	{ "scheduling.k8s.io/v1beta1", "PodGroupList", 40, 43, false, NULL, NULL },
	{ "scheduling.k8s.io/v1beta1", "PriorityClass", 14, 22, false, "scheduling.k8s.io/v1", "PriorityClass" },
	{ "scheduling.k8s.io/v1beta1", "PriorityClassList", 14, 22, false, "scheduling.k8s.io/v1", "PriorityClassList" },
	{ "scheduling.k8s.io/v1beta1", "Workload", 40, 43, false, NULL, NULL },
	{ "scheduling.k8s.io/v1beta1", "WorkloadList", 40, 43, false, NULL, NULL },
	{ "settings.k8s.io/v1alpha1", "PodPreset", 19, 20, true, NULL, NULL },
	{ "storage.k8s.io/v1alpha1", "CSIStorageCapacity", 21, 24, false, "storage.k8s.io/v1beta1", "CSIStorageCapacity" },
	{ "storage.k8s.io/v1alpha1", "CSIStorageCapacityList", 21, 24, false, "storage.k8s.io/v1beta1", "CSIStorageCapacityList" },
	{ "storage.k8s.io/v1alpha1", "VolumeAttachment", 21, 24, false, "storage.k8s.io/v1", "VolumeAttachment" },
	{ "storage.k8s.io/v1alpha1", "VolumeAttachmentList", 21, 24, false, "storage.k8s.io/v1", "VolumeAttachmentList" },
	{ "storage.k8s.io/v1alpha1", "VolumeAttributesClass", 32, 35, false, "storage.k8s.io/v1", "VolumeAttributesClass" },
	{ "storage.k8s.io/v1alpha1", "VolumeAttributesClassList", 32, 35, false, "storage.k8s.io/v1", "VolumeAttributesClassList" },
	{ "storage.k8s.io/v1beta1", "CSIDriver", 19, 22, false, "storage.k8s.io/v1", "CSIDriver" },
	{ "storage.k8s.io/v1beta1", "CSIDriverList", 19, 22, false, "storage.k8s.io/v1", "CSIDriverList" },
	{ "storage.k8s.io/v1beta1", "CSINode", 17, 22, false, "storage.k8s.io/v1", "CSINode" },
	{ "storage.k8s.io/v1beta1", "CSINodeList", 17, 22, false, "storage.k8s.io/v1", "CSINode" },
	{ "storage.k8s.io/v1beta1", "CSIStorageCapacity", 24, 27, false, "storage.k8s.io/v1", "CSIStorageCapacity" },
	{ "storage.k8s.io/v1beta1", "CSIStorageCapacityList", 24, 27, false, "storage.k8s.io/v1", "CSIStorageCapacityList" },
	{ "storage.k8s.io/v1beta1", "StorageClass", 19, 22, false, "storage.k8s.io/v1", "StorageClass" },
	{ "storage.k8s.io/v1beta1", "StorageClassList", 19, 22, false, "storage.k8s.io/v1", "StorageClassList" },
	{ "storage.k8s.io/v1beta1", "VolumeAttachment", 19, 22, false, "storage.k8s.io/v1", "VolumeAttachment" },
	{ "storage.k8s.io/v1beta1", "VolumeAttachmentList", 19, 22, false, "storage.k8s.io/v1", "VolumeAttachmentList" },
	{ "storage.k8s.io/v1beta1", "VolumeAttributesClass", 34, 37, false, "storage.k8s.io/v1", "VolumeAttributesClass" },
	{ "storage.k8s.io/v1beta1", "VolumeAttributesClassList", 34, 37, false, "storage.k8s.io/v1", "VolumeAttributesClassList" },
	{ "storagemigration.k8s.io/v1beta1", "StorageVersionMigration", 37, 40, false, "storagemigration.k8s.io/v1", "StorageVersionMigration" },
	{ "storagemigration.k8s.io/v1beta1", "StorageVersionMigrationList", 37, 40, false, "storagemigration.k8s.io/v1", "StorageVersionMigrationList" },
	{ "v1", "ComponentStatus", 19, 0, false, NULL, NULL },
	{ "v1", "ComponentStatusList", 19, 0, false, NULL, NULL },
	{ "v1", "Endpoints", 33, 0, false, "discovery.k8s.io/v1", "EndpointSlice" },
	{ "v1", "EndpointsList", 33, 0, false, "discovery.k8s.io/v1", "EndpointSliceList" },
};
/* clang-format on */

/* Kinds that live outside namespaces, by group. */
static const struct {
	const char *group, *kind;
} cluster_wide[] = {
	{ "", "ComponentStatus" },
	{ "", "Namespace" },
	{ "", "Node" },
	{ "", "PersistentVolume" },
	{ "admissionregistration.k8s.io", "MutatingAdmissionPolicy" },
	{ "admissionregistration.k8s.io", "MutatingAdmissionPolicyBinding" },
	{ "admissionregistration.k8s.io", "MutatingWebhookConfiguration" },
	{ "admissionregistration.k8s.io", "ValidatingAdmissionPolicy" },
	{ "admissionregistration.k8s.io", "ValidatingAdmissionPolicyBinding" },
	{ "admissionregistration.k8s.io", "ValidatingWebhookConfiguration" },
	{ "apiextensions.k8s.io", "CustomResourceDefinition" },
	{ "apiregistration.k8s.io", "APIService" },
	{ "authentication.k8s.io", "SelfSubjectReview" },
	{ "authentication.k8s.io", "TokenReview" },
	{ "authorization.k8s.io", "SelfSubjectAccessReview" },
	{ "authorization.k8s.io", "SelfSubjectRulesReview" },
	{ "authorization.k8s.io", "SubjectAccessReview" },
	{ "certificates.k8s.io", "CertificateSigningRequest" },
	{ "certificates.k8s.io", "ClusterTrustBundle" },
	{ "extensions", "PodSecurityPolicy" },
	{ "flowcontrol.apiserver.k8s.io", "FlowSchema" },
	{ "flowcontrol.apiserver.k8s.io", "PriorityLevelConfiguration" },
	{ "networking.k8s.io", "IPAddress" },
	{ "networking.k8s.io", "IngressClass" },
	{ "networking.k8s.io", "ServiceCIDR" },
	{ "node.k8s.io", "RuntimeClass" },
	{ "policy", "PodSecurityPolicy" },
	{ "rbac.authorization.k8s.io", "ClusterRole" },
	{ "rbac.authorization.k8s.io", "ClusterRoleBinding" },
	{ "resource.k8s.io", "DeviceClass" },
	{ "resource.k8s.io", "DeviceTaintRule" },
	{ "resource.k8s.io", "ResourceSlice" },
	{ "scheduling.k8s.io", "PriorityClass" },
	{ "storage.k8s.io", "CSIDriver" },
	{ "storage.k8s.io", "CSINode" },
	{ "storage.k8s.io", "StorageClass" },
	{ "storage.k8s.io", "VolumeAttachment" },
	{ "storage.k8s.io", "VolumeAttributesClass" },
	{ "storagemigration.k8s.io", "StorageVersionMigration" },
};

static int clamped(uint64_t n)
{
	return n > INT_MAX ? INT_MAX : (int)n;
}

struct err *kube_version_parse(struct kube_version *out, struct str text)
{
	struct semver v;

	TRY(semver_parse(&v, text));
	*out = (struct kube_version){ clamped(v.major), clamped(v.minor), clamped(v.patch) };
	return NULL;
}

struct api_key {
	struct str api_version, kind;
};

static int compare_api(const void *key, const void *row)
{
	const struct api_key *k = key;
	const struct kube_api *api = row;
	int order = str_cmp(k->api_version, str_from(api->api_version));

	return order ? order : str_cmp(k->kind, str_from(api->kind));
}

const struct kube_api *kube_api_find(struct str api_version, struct str kind)
{
	struct api_key key = { api_version, kind };

	return bsearch(&key, apis, sizeof(apis) / sizeof(*apis), sizeof(*apis), compare_api);
}

/* Whether version v1.`minor` is not newer than `v`. */
static bool reached(const struct kube_version *v, int minor)
{
	return v->major > 1 || (v->major == 1 && v->minor >= minor);
}

bool kube_api_is_deprecated(const struct kube_api *api, const struct kube_version *v)
{
	return reached(v, api->deprecated);
}

bool kube_api_is_removed(const struct kube_api *api, const struct kube_version *v)
{
	return api->removed && reached(v, api->removed);
}

void kube_api_explain(struct buf *out, const struct kube_api *api)
{
	buf_printf(out, "%s %s is deprecated in v1.%d+", api->api_version, api->kind, api->deprecated);
	if (api->removed)
		buf_printf(out, ", unavailable in v1.%d+", api->removed);
	if (api->use_version)
		buf_printf(out, "; use %s %s", api->use_version, api->use_kind);
}

struct str kube_api_group(struct str api_version)
{
	ptrdiff_t slash = str_find_char(api_version, '/');

	return slash < 0 ? (struct str){ NULL, 0 } : str_slice(api_version, 0, (size_t)slash);
}

bool kube_group_is_builtin(struct str group)
{
	static const char *const plain[] = { "", "apps", "autoscaling", "batch", "extensions", "policy" };

	for (size_t i = 0; i < sizeof(plain) / sizeof(*plain); i++) {
		if (str_is(group, plain[i]))
			return true;
	}
	/* Some projects of the Kubernetes family use its domain for their CRDs: x-k8s.io, gateway.networking.k8s.io, ... */
	if (!str_ends(group, STR(".k8s.io")))
		return false;
	for (size_t i = 0; i < sizeof(cluster_wide) / sizeof(*cluster_wide); i++) {
		if (str_is(group, cluster_wide[i].group))
			return true;
	}
	return str_is(group, "coordination.k8s.io") || str_is(group, "discovery.k8s.io") ||
	       str_is(group, "events.k8s.io") || str_is(group, "settings.k8s.io") || str_is(group, "lifecycle.k8s.io");
}

bool kube_kind_is_cluster_wide(struct str api_version, struct str kind)
{
	struct str group = kube_api_group(api_version);

	for (size_t i = 0; i < sizeof(cluster_wide) / sizeof(*cluster_wide); i++) {
		if (str_is(kind, cluster_wide[i].kind) && str_is(group, cluster_wide[i].group))
			return true;
	}
	return false;
}
