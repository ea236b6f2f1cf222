//! Every action of the console and every context in which keys mean something: one line each.
//!
//! To add an action: a line in its section here, a line with a key that needs no letter in `keymaps/default.toml`,
//! and the arm in `update`. Help, palette, footer and `zhulian keymap` follow from these.

use crate::i18n::Lang;

/// Declares [`Action`], [`Section`] and their tables.
/// An action is `Variant "stable.name" "中文" "English";`, optionally followed by `undo` (the action can be undone) or
/// `confirm` (it cannot, so the console asks first) before the semicolon.
macro_rules! actions {
    ($( $section:ident $szh:literal $sen:literal { $( $variant:ident $name:literal $zh:literal $en:literal $($flag:ident)* ; )* } )*) => {
        /// Something the user can ask for by a key, the palette or a menu.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Action { $($( #[doc = concat!($en, " / ", $zh)] $variant, )*)* }

        /// A heading under which actions stand in the help.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Section { $( #[doc = concat!($sen, " / ", $szh)] $section, )* }

        impl Section {
            /// All sections, in the order of the help.
            pub const ALL: &[Section] = &[$( Section::$section, )*];
            /// The heading.
            pub const fn title(self, lang: Lang) -> &'static str {
                match self { $( Section::$section => match lang { Lang::Zh => $szh, Lang::En => $sen }, )* }
            }
        }

        impl Action {
            /// All actions, in the order of the help.
            pub const ALL: &[Action] = &[$($( Action::$variant, )*)*];
            /// The stable name used in keymap files.
            pub const fn name(self) -> &'static str {
                match self { $($( Action::$variant => $name, )*)* }
            }
            /// What it does, in a few words: for hints, help and palette.
            pub const fn title(self, lang: Lang) -> &'static str {
                match self { $($( Action::$variant => match lang { Lang::Zh => $zh, Lang::En => $en }, )*)* }
            }
            /// The heading under which it stands in the help.
            pub const fn section(self) -> Section {
                match self { $($( Action::$variant => Section::$section, )*)* }
            }
            const fn flags(self) -> &'static [Flag] {
                match self { $($( Action::$variant => &[$( Flag::$flag ),*], )*)* }
            }
        }
    };
}

#[allow(non_camel_case_types, reason = "the names are the words used in the table")]
#[derive(Clone, Copy, PartialEq)]
enum Flag {
    undo,
    confirm,
}

actions! {
    General "通用" "General" {
        Help "help" "帮助" "Help";
        Find "find" "查找" "Find";
        Palette "palette" "命令" "Commands";
        Menu "menu" "菜单" "Menu";
        Back "back" "返回" "Back";
        Refresh "refresh" "刷新/同步" "Refresh/sync";
        Undo "undo" "撤销" "Undo";
        Redo "redo" "重做" "Redo";
        NextPane "pane.next" "下一窗格" "Next pane";
        PreviousPane "pane.previous" "上一窗格" "Previous pane";
        Reveal "reveal" "显示原文" "Reveal";
        Export "export" "导出" "Export";
        Language "language" "切换语言" "Language";
        Theme "theme" "切换配色" "Theme";
        Redraw "redraw" "重绘屏幕" "Redraw screen";
        Suspend "suspend" "挂起" "Suspend";
        Lock "lock" "锁屏" "Lock";
        Quit "quit" "退出" "Quit";
    }
    Screens "界面" "Screens" {
        GoToday "go.today" "今日工作" "Today";
        GoHouseholds "go.households" "户列表" "Households";
        GoLeads "go.leads" "线索" "Leads";
        GoNeeds "go.needs" "需求" "Needs";
        GoWishes "go.wishes" "微心愿" "Wishes";
        GoImport "go.import" "导入名册" "Import";
        GoInbox "go.inbox" "收件箱" "Inbox";
        GoDirectory "go.directory" "机构与资源" "Directory";
        GoSettings "go.settings" "系统设置" "Settings";
    }
    Motion "移动" "Moving" {
        Up "up" "上移" "Up";
        Down "down" "下移" "Down";
        Left "left" "左移" "Left";
        Right "right" "右移" "Right";
        PageUp "page.up" "上一页" "Page up";
        PageDown "page.down" "下一页" "Page down";
        HalfUp "half.up" "上半页" "Half page up";
        HalfDown "half.down" "下半页" "Half page down";
        Top "top" "最前" "First";
        Bottom "bottom" "最后" "Last";
        NextTab "tab.next" "下一页签" "Next tab";
        PreviousTab "tab.previous" "上一页签" "Previous tab";
        Older "older" "更早记录" "Older entries";
        Jump1 "jump.1" "第一栏" "First part";
        Jump2 "jump.2" "第二栏" "Second part";
        Jump3 "jump.3" "第三栏" "Third part";
        Jump4 "jump.4" "第四栏" "Fourth part";
    }
    Lists "列表" "Lists" {
        Open "open" "打开" "Open";
        Filter "filter" "筛选" "Filter";
        Sort "sort" "排序" "Sort";
        Mark "mark" "标记" "Mark";
        MarkAll "mark.all" "全部标记" "Mark all";
        New "new" "新建" "New";
        Edit "edit" "修改" "Edit";
    }
    Work "业务" "Case work" {
        LogVisit "visit.log" "登记走访" "Log a visit";
        AddHousehold "household.add" "登记家庭" "Register a household" undo;
        AddMember "member.add" "增加成员" "Add a member" undo;
        RemoveMember "member.remove" "移除成员" "Take the member out";
        AddLead "lead.add" "登记线索" "Add a lead" undo;
        AddNeed "need.add" "登记需求" "Add a need" undo;
        AddWish "wish.add" "写心愿卡" "Write a wish card" undo;
        Verify "verify" "核实" "Verify" undo;
        Reject "reject" "驳回" "Reject" undo;
        Triage "triage" "分级" "Triage" undo;
        Merge "merge" "并入" "Merge" undo;
        Arrange "arrange" "已安排" "Arranged" undo;
        Serve "serve" "开始服务" "Service begun" undo;
        Deliver "deliver" "已送达" "Delivered" undo;
        Recheck "recheck" "过期重核" "Verify again" undo;
        Escalate "escalate" "上转个案" "Hand over to case work" undo;
        FileNeed "need.archive" "归档" "File" undo;
        HandIn "wish.submit" "送审" "Hand in for review" undo;
        Publish "publish" "发布" "Publish" undo;
        Withdraw "withdraw" "撤回" "Withdraw" undo;
        Claim "claim" "认领" "Claim" undo;
        Release "release" "放弃认领" "Release" undo;
        Hold "wish.hold" "预先认领" "Hold for donors" undo;
        NameDonor "wish.pass" "指定捐赠人" "Name the donor" undo;
        Connect "connect" "对接" "Connected" undo;
        Fulfil "fulfil" "圆梦" "Fulfil" undo;
        KeepHeld "conflict.keep" "保留现值" "Keep what stands";
        TakeOffered "conflict.take" "采用另一值" "Take the other";
        ClaimNext "claim.next" "改选相近心愿" "Take a like wish" undo;
        PutAway "inbox.away" "办妥移出" "Put away";
        CloseWish "wish.close" "销号" "Close" undo;
        GiveOut "stock.give" "发放" "Give out" undo;
        ConfirmReceipt "receipt.confirm" "受助人确认" "Confirm receipt" confirm;
    }
    Forms "表单" "Forms" {
        NextField "field.next" "下一项" "Next field";
        PreviousField "field.previous" "上一项" "Previous field";
        Pick "pick" "选择代码" "Choose a code";
        Toggle "toggle" "勾选" "Tick";
        CopyLast "copy.last" "沿用上次" "Same as last";
        SaveDraft "draft.save" "存草稿" "Save draft";
        DiscardDraft "draft.discard" "丢弃草稿" "Discard draft" confirm;
        Submit "submit" "提交" "Submit";
    }
    Editing "编辑" "Editing" {
        WordLeft "word.left" "上一词" "Word left";
        WordRight "word.right" "下一词" "Word right";
        LineStart "line.start" "行首" "Start of line";
        LineEnd "line.end" "行尾" "End of line";
        DeleteBack "delete.back" "删前一字" "Delete before";
        DeleteForward "delete.forward" "删后一字" "Delete after";
        DeleteWord "delete.word" "删前一词" "Delete word";
        DeleteToEnd "delete.end" "删到行尾" "Delete to end";
        ClearText "clear" "清空" "Clear";
        NewLine "newline" "换行" "New line";
    }
    Dialogs "对话框" "Dialogs" {
        Accept "accept" "确定" "Yes, do it";
        Decline "decline" "取消" "No, go back";
    }
}

impl Action {
    /// The action of a stable name.
    pub fn from_name(name: &str) -> Option<Action> {
        Action::ALL.iter().copied().find(|action| action.name() == name)
    }

    /// Whether what it does can be undone.
    pub fn can_undo(self) -> bool {
        self.flags().contains(&Flag::undo)
    }

    /// Whether the console asks before doing it, because it cannot be undone.
    pub fn needs_confirm(self) -> bool {
        self.flags().contains(&Flag::confirm)
    }
}

/// Declares [`Context`]: `Variant "name" "中文" "English";`, with `text` where typed characters are text.
macro_rules! contexts {
    ($( $variant:ident $name:literal $zh:literal $en:literal $($text:ident)? ; )*) => {
        /// Where the user is, as far as keys are concerned. The app gives a stack of these, innermost first.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Context { $( #[doc = concat!($en, " / ", $zh)] $variant, )* }

        impl Context {
            /// All contexts.
            pub const ALL: &[Context] = &[$( Context::$variant, )*];
            /// The stable name: the table's name in keymap files.
            pub const fn name(self) -> &'static str {
                match self { $( Context::$variant => $name, )* }
            }
            /// The name for people.
            pub const fn title(self, lang: Lang) -> &'static str {
                match self { $( Context::$variant => match lang { Lang::Zh => $zh, Lang::En => $en }, )* }
            }
            /// Whether characters typed here are text, so that no bare character can be bound in it.
            pub const fn takes_text(self) -> bool {
                match self { $( Context::$variant => contexts!(@text $($text)?), )* }
            }
        }
    };
    (@text text) => { true };
    (@text) => { false };
}

contexts! {
    Global "global" "任何地方" "Anywhere";
    List "list" "列表" "List";
    Households "households" "户列表" "Households";
    Household "household" "户详情" "Household";
    Today "today" "今日工作" "Today";
    Leads "leads" "线索" "Leads";
    Needs "needs" "需求" "Needs";
    Wishes "wishes" "微心愿" "Wishes";
    Visits "visits" "走访记录" "Visits";
    Inbox "inbox" "收件箱" "Inbox";
    Directory "directory" "机构与资源" "Directory";
    Import "import" "导入名册" "Import";
    Register "register" "登记家庭" "Registering a household";
    Form "form" "表单" "Form";
    Choice "choice" "勾选项" "Tick boxes";
    Input "input" "单行输入" "Text field" text;
    TextArea "textarea" "多行输入" "Text area" text;
    Find "find" "查找" "Find" text;
    Palette "palette" "命令面板" "Command palette" text;
    PickList "picklist" "代码选择" "Pick list" text;
    Menu "menu" "菜单" "Menu";
    Help "help" "帮助" "Help";
    Confirm "confirm" "确认" "Confirmation";
    Lock "lock" "锁屏" "Lock screen" text;
}

impl Context {
    /// The context of a stable name.
    pub fn from_name(name: &str) -> Option<Context> {
        Context::ALL.iter().copied().find(|context| context.name() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn names_are_unique_and_found_again() {
        let names: HashSet<&str> = Action::ALL.iter().map(|a| a.name()).collect();
        assert_eq!(names.len(), Action::ALL.len());
        for &action in Action::ALL {
            assert_eq!(Action::from_name(action.name()), Some(action));
        }
        for &context in Context::ALL {
            assert_eq!(Context::from_name(context.name()), Some(context));
        }
    }

    #[test]
    fn an_action_is_undoable_or_confirmed_not_both() {
        for &action in Action::ALL {
            assert!(!(action.can_undo() && action.needs_confirm()), "{}", action.name());
        }
        assert!(Action::Claim.can_undo());
        assert!(Action::ConfirmReceipt.needs_confirm());
    }
}
