// A merge sort: stable, so its result is the same on every machine; never more than n log n comparisons, so no order function
// can make it slow; and the table is written once at the end, so an error leaves it as it was.
#include "host.h"

enum { TABLE = 1, COMPARATOR = 2, SIZE = 3, FROM = 4, TO = 5 };

static int less(lua_State *L, int a, int b) {
    if (lua_isnil(L, COMPARATOR)) return lua_compare(L, a, b, LUA_OPLT);
    lua_pushvalue(L, COMPARATOR);
    lua_pushvalue(L, a);
    lua_pushvalue(L, b);
    lua_call(L, 2, 1);
    int result = lua_toboolean(L, -1);
    lua_pop(L, 1);
    return result;
}

// Merges from[low..<middle] and from[middle..<high] into to[low..<high]. The two heads stay on the stack.
static void merge(lua_State *L, int from, int to, lua_Integer low, lua_Integer middle, lua_Integer high) {
    lua_Integer left = low, right = middle, out = low;
    int first = lua_gettop(L) + 1, second = first + 1;
    lua_rawgeti(L, from, left);
    lua_rawgeti(L, from, right);
    while (left < middle && right < high) {
        loom_lua_tick(L, 8);
        int take = less(L, second, first) ? second : first;
        lua_pushvalue(L, take);
        lua_rawseti(L, to, out++);
        lua_rawgeti(L, from, take == first ? ++left : ++right);
        lua_replace(L, take);
    }
    lua_settop(L, first - 1);
    for (; out < high; out++) {
        loom_lua_tick(L, 4);
        lua_rawgeti(L, from, left < middle ? left++ : right++);
        lua_rawseti(L, to, out);
    }
}

int loom_lua_sort(lua_State *L) { // table, comparator or nil, size
    lua_Integer size = lua_tointeger(L, SIZE);
    luaL_checkstack(L, 16, NULL);
    lua_newtable(L);
    lua_newtable(L);
    for (lua_Integer i = 1; i <= size; i++) {
        loom_lua_tick(L, 4);
        lua_geti(L, TABLE, i);
        lua_rawseti(L, FROM, i);
    }
    int from = FROM, to = TO;
    for (lua_Integer width = 1; width < size; width *= 2) {
        for (lua_Integer low = 1; low <= size; low += 2 * width) {
            lua_Integer middle = low + width > size + 1 ? size + 1 : low + width;
            lua_Integer high = low + 2 * width > size + 1 ? size + 1 : low + 2 * width;
            merge(L, from, to, low, middle, high);
        }
        int swap = from;
        from = to;
        to = swap;
    }
    for (lua_Integer i = 1; i <= size; i++) {
        loom_lua_tick(L, 4);
        lua_rawgeti(L, from, i);
        lua_seti(L, TABLE, i);
    }
    return 0;
}
