/**
 * What does the server report about itself?
 *
 * <p>Takes a connection, gives version, settings, platform and rights. Never judges them.
 */
@NullMarked
package nexus.doctor.server;

import org.jspecify.annotations.NullMarked;
