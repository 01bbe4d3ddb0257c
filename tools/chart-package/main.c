/* SPDX-License-Identifier: Apache-2.0 */
#include "tools/chart-package/package.h"

int main(int argc, char **argv)
{
	return cli_main(&tool, argc, argv);
}
