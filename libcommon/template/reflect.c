/* SPDX-License-Identifier: Apache-2.0 */
#include "template/reflect.h"

const char *ref_type_name(struct val v)
{
	if (v.kind == VAL_NULL || v.flags & REF_IFACE)
		return "interface {}";
	return val_type_name(v);
}

const char *ref_base_name(struct val v)
{
	const char *name = val_type_name(v);
	return v.kind == VAL_OBJECT && *name == '*' ? name + 1 : name;
}

bool ref_is_nil(struct val v)
{
	switch ((enum val_kind)v.kind) {
	case VAL_INVALID:
	case VAL_NULL:
		return true;
	case VAL_LIST:
		return !v.list;
	case VAL_MAP:
		return !v.map;
	case VAL_STRING:
		return v.type == VAL_T_BYTES && !v.s;
	case VAL_BOOL:
	case VAL_INT:
	case VAL_UINT:
	case VAL_FLOAT:
	case VAL_COMPLEX:
	case VAL_OBJECT:
	case VAL_FUNC:
		break;
	}
	return false;
}

struct val ref_item(struct val list, size_t i)
{
	if (list.kind == VAL_STRING)
		return (struct val){ .kind = VAL_UINT, .type = VAL_T_UINT8, .u = (unsigned char)list.s[i] };
	struct val item = list.list->items[i];
	item.flags = list.type == VAL_T_DEFAULT ? REF_IFACE : 0;
	return item;
}

size_t ref_len(struct val v)
{
	if (v.kind == VAL_STRING)
		return v.len;
	return v.kind == VAL_MAP ? val_map_len(v) : val_list_len(v);
}

struct val ref_entry(struct val map, struct val v)
{
	v.flags = map.type == VAL_T_DEFAULT || map.type == VAL_T_VALUES || map.type == VAL_T_VALUES3 ? REF_IFACE : 0;
	return v;
}

struct val ref_zero_entry(struct val map)
{
	if (map.type == VAL_T_STRING_MAP)
		return val_string(STR(""));
	if (map.type == VAL_T_FILES)
		return (struct val){ .kind = VAL_STRING, .type = VAL_T_BYTES };
	return ref_iface(VAL_NIL);
}
