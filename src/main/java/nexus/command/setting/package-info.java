/**
 * Which settings are in force?
 *
 * <p>Takes the variables and the configuration, gives each with its value or its default. Never shows a secret, only whether
 * it is set.
 */
@NullMarked
package nexus.command.setting;

import org.jspecify.annotations.NullMarked;
