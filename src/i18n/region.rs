//! Regions: lists that the bureau brings in, and places of rosters that are no region of the county.

crate::messages! {
    region_code => "不是有效的区划代码", "not the code of a region";
    region_level(level: &str) => "层级与代码不符，按代码应为“{level}”", "the level differs from the code's, which is {level}";
    region_parent => "上级区划与代码不符", "the region above does not contain this code";
    region_no_parent(parent: &str) => "上级区划 {parent} 既不在文件中，也没有导入过", "the region above, {parent}, is neither in the file nor on the server";
    region_duplicate(row: u32) => "代码与第 {row} 行重复", "the code stands in row {row} too";
    region_name_taken => "同一上级下已有同名区划", "a region of that name stands below the same one already";
    region_code_remedy => "请填写 12 位统计用区划代码；网格在村（社区）代码后加 3 位序号（不为 000）。", "Enter the 12-digit statistical code; for a grid, that of the village and three more digits (not 000).";
    region_level_remedy => "请核对代码和层级，或不填层级。", "Check code and level, or leave the level blank.";
    region_parent_remedy => "请核对代码和上级区划，或不填上级区划。", "Check the code and the region above, or leave the latter blank.";
    region_no_parent_remedy => "请在文件中补上上级区划（乡镇、村）一行。", "Add a row for the region above.";
    region_name_taken_remedy => "请核对名称；原区划已撤销的，请填写其停用日期。", "Check the name; where the other region has ended, enter its last day.";
    regions_no_header => "没有找到“区划代码”和“名称”两列", "the columns 区划代码 (code) and 名称 (name) were not found";
    regions_no_header_remedy => "请使用有表头的表格：区划代码、名称，可另有层级、上级区划、启用日期、停用日期。", "Use a sheet with a header: 区划代码 (code), 名称 (name), and as you like 层级 (level), 上级区划 (parent), 启用日期 (valid from), 停用日期 (valid to).";
    place_no_regions => "本机还没有区划目录，无法核对村（社区）", "this device holds no list of regions yet, so villages cannot be checked";
    place_no_village => "没有写明所在村（社区）", "no village or community is named";
    place_unknown(name: &str) => "服务器的区划目录中没有“{name}”", "the server's list of regions has no “{name}”";
    place_ambiguous(name: &str, count: usize) => "“{name}”在本设备辖区内有{count}处，无法确定是哪一处", "“{name}” fits {count} regions of this device's territory";
    place_outside(name: &str) => "“{name}”不在本设备的辖区内", "“{name}” lies outside this device's territory";
    place_no_regions_remedy => "请先同步（zhulian sync 或 F5）；同步后仍没有时，请管理员在服务器上导入区划（zhulian server region import）。", "Synchronise first (zhulian sync or F5); if there are none then, ask the operator to import the regions (zhulian server region import).";
    place_no_village_remedy => "请在名册中补填乡镇（街道）和村（社区）。", "Enter town and village in the roster.";
    place_unknown_remedy => "请核对乡镇（街道）、村（社区）的名称；名称无误的，请管理员在服务器上补录该区划（zhulian server region import），本机同步后再导入。", "Check the names of town and village; if they are right, have the region added on the server (zhulian server region import), synchronise, and import again.";
    place_ambiguous_remedy => "请在名册中写明所属乡镇（街道）。", "Name the town in the roster too.";
    place_outside_remedy => "请核对所属村（社区）；确由本设备负责的，请管理员调整辖区（zhulian server feed give），本机同步后再导入。", "Check the village; if this device is to keep it, have its territory changed (zhulian server feed give), synchronise, and import again.";
}
