/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/funcs/eval.h"

static void base64_and_base32_err_at_gos_places(void **state)
{
	(void)state;
	prints("{{ b64dec \"aGVs\\nbG8=\" }} {{ b64dec \"a\" }} {{ b64dec \"aGVsbG8=x\" }}",
		"hello illegal base64 data at input byte 0 illegal base64 data at input byte 8");
	prints("{{ b32enc \"hello\" }} {{ b32dec \"NBSWY3DP\" }} {{ b32dec \"x\" }}",
		"NBSWY3DP hello illegal base32 data at input byte 0");
}

static void passwords_derive_as_master_password_does(void **state)
{
	(void)state;
	prints("{{ derivePassword 1 \"long\" \"password\" \"user\" \"example.com\" }}", "ZedaFaxcZaso9*");
	prints("{{ derivePassword 1 \"nope\" \"p\" \"u\" \"s\" }}", "cannot find password template nope");
	prints("{{ bcrypt (repeat 73 \"x\") }}",
		"failed to encrypt string with bcrypt: bcrypt: password length exceeds 72 bytes");
	prints("{{ htpasswd \"a:b\" \"x\" }} {{ bcrypt \"x\" | len }}", "invalid username: a:b 60");
}

static void aes_opens_what_others_sealed(void **state)
{
	(void)state;
	prints("{{ decryptAES \"secretkey\" \"30tEfhuJSVRhpG97XCuWgz2okj7L8vQ1s6V9zVUPeDQ=\" }}", "plaintext");
	fails("{{ decryptAES \"k\" \"YWJj\" }}", "slice bounds out of range [:16] with capacity 3");
	fails("{{ decryptAES \"k\" \"x!\" }}", "illegal base64 data at input byte 1");
}

static void certificates_are_issued(void **state)
{
	(void)state;
	prints("{{ $ca := genCA \"ca\" 1 }}{{ $c := genSignedCert \"a\" (list \"10.0.0.1\") (list \"b\") 1 $ca }}"
	       "{{ $c.Cert | trunc 27 }} {{ $c.Key | trunc 31 }} {{ typeOf $c }}",
		"-----BEGIN CERTIFICATE----- -----BEGIN RSA PRIVATE KEY----- sprig.certificate");
	prints("{{ $k := genPrivateKey \"ecdsa\" }}{{ eq (genCAWithKey \"ca\" 1 $k).Key $k }}", "true");
	fails("{{ $x := genCA \"a\" 1 }}{{ $y := genCA \"b\" 1 }}{{ $z := buildCustomCert (b64enc $x.Cert) (b64enc "
	      "$y.Key) }}"
	      "{{ genSignedCert \"c\" nil nil 1 $z }}",
		"error creating certificate: x509: provided PrivateKey doesn't match parent's PublicKey");
	fails("{{ genSelfSignedCert \"a\" (list \"bad\") nil 1 }}", "error parsing ip: bad");
	fails("{{ genCAWithKey \"a\" 1 \"x\" }}", "parsing private key: no PEM data in input");
}

UNIT_MAIN(cmocka_unit_test(base64_and_base32_err_at_gos_places),
	cmocka_unit_test(passwords_derive_as_master_password_does), cmocka_unit_test(aes_opens_what_others_sealed),
	cmocka_unit_test(certificates_are_issued))
