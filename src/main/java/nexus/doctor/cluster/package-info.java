/**
 * Is this a cluster that changes can be captured from?
 *
 * <p>Takes settings and activity of the source's cluster, gives checks. Never changes a setting.
 */
@NullMarked
package nexus.doctor.cluster;

import org.jspecify.annotations.NullMarked;
