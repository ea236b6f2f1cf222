//! The syllables of standard Chinese and how they are typed.

use std::collections::HashMap;
use std::sync::LazyLock;

/// A syllable: an index into [`Syllables`], which also has each single letter as a syllable of its own, for names
/// written in Latin letters.
pub(super) type Syllable = u16;

/// All syllables of the standard language in the scheme of 1958 (GB/T 16159), tones dropped, ü as `v`, in order.
const STANDARD: &str = "a ai an ang ao ba bai ban bang bao bei ben beng bi bian biao bie bin bing bo bu ca cai can cang cao ce cen ceng \
    cha chai chan chang chao che chen cheng chi chong chou chu chuai chuan chuang chui chun chuo ci cong cou cu cuan \
    cui cun cuo da dai dan dang dao de dei den deng di dia dian diao die ding diu dong dou du duan dui dun duo e ei \
    en eng er fa fan fang fei fen feng fo fou fu ga gai gan gang gao ge gei gen geng gong gou gu gua guai guan guang \
    gui gun guo ha hai han hang hao he hei hen heng hong hou hu hua huai huan huang hui hun huo ji jia jian jiang \
    jiao jie jin jing jiong jiu ju juan jue jun ka kai kan kang kao ke kei ken keng kong kou ku kua kuai kuan kuang \
    kui kun kuo la lai lan lang lao le lei leng li lia lian liang liao lie lin ling liu lo long lou lu luan lun luo \
    lv lve ma mai man mang mao me mei men meng mi mian miao mie min ming miu mo mou mu na nai nan nang nao ne nei \
    nen neng ni nia nian niang niao nie nin ning niu nong nou nu nuan nun nuo nv nve o ou pa pai pan pang pao pei \
    pen peng pi pian piao pie pin ping po pou pu qi qia qian qiang qiao qie qin qing qiong qiu qu quan que qun ran \
    rang rao re ren reng ri rong rou ru ruan rui run ruo sa sai san sang sao se sen seng sha shai shan shang shao \
    she shei shen sheng shi shou shu shua shuai shuan shuang shui shun shuo si song sou su suan sui sun suo ta tai \
    tan tang tao te teng ti tian tiao tie ting tong tou tu tuan tui tun tuo wa wai wan wang wei wen weng wo wu xi \
    xia xian xiang xiao xie xin xing xiong xiu xu xuan xue xun ya yan yang yao ye yi yin ying yo yong you yu yuan \
    yue yun za zai zan zang zao ze zei zen zeng zha zhai zhan zhang zhao zhe zhen zheng zhi zhong zhou zhu zhua \
    zhuai zhuan zhuang zhui zhun zhuo zi zong zou zu zuan zui zun zuo";

/// The code of a letter, a digit or a character without a known reading.
pub(super) const LETTER: u8 = 255;

/// Stands where a character has no reading: no query types it.
pub(super) const UNREADABLE: u8 = b' ';

/// The table, made once.
pub(super) static SYLLABLES: LazyLock<Syllables> = LazyLock::new(Syllables::new);

/// Every syllable with its spellings.
pub(super) struct Syllables {
    names: Vec<&'static str>,
    numbers: HashMap<&'static str, Syllable>,
    /// By first letter: code and spellings of each syllable, a bare letter included.
    by_letter: [Vec<(u8, Vec<String>)>; 26],
}

impl Syllables {
    fn new() -> Syllables {
        let names: Vec<&'static str> = STANDARD.split_ascii_whitespace().collect();
        let numbers = (0..).zip(&names).map(|(number, &name)| (name, number)).collect();
        let mut by_letter: [Vec<(u8, Vec<String>)>; 26] = Default::default();
        for (number, name) in (0..).zip(&names) {
            by_letter[letter(name.as_bytes()[0])].push((code(number), spellings(name)));
        }
        for (list, letter) in by_letter.iter_mut().zip('a'..='z') {
            list.push((LETTER, vec![letter.to_string()]));
        }
        Syllables { names, numbers, by_letter }
    }

    /// The syllable written so, if the language has it.
    pub(super) fn number(&self, name: &str) -> Option<Syllable> {
        self.numbers.get(name).copied()
    }

    /// First letter and code. Both together name the syllable; the code alone is shared by two at most.
    pub(super) fn encode(&self, syllable: Syllable) -> (u8, u8) {
        (self.names[usize::from(syllable)].as_bytes()[0], code(syllable))
    }

    /// The code and the spellings of each syllable that begins with a letter from `a` to `z`.
    pub(super) fn starting(&self, first: u8) -> &[(u8, Vec<String>)] {
        &self.by_letter[letter(first)]
    }
}

/// Half as many codes as syllables: those that share one are far apart in the alphabet.
fn code(syllable: Syllable) -> u8 {
    (1 + syllable % 205) as u8 // 1 to 205
}

/// The place of a lower-case letter in the alphabet.
pub(super) fn letter(letter: u8) -> usize {
    usize::from(letter - b'a')
}

/// How a syllable is typed. ü is typed v or u, or yu as passports write it (GB/T 28039-2011); after j, q, x and y the u
/// is a ü too and some type v.
fn spellings(name: &str) -> Vec<String> {
    let mut all = vec![name.to_owned()];
    if name.contains('v') {
        all.push(name.replace('v', "u"));
        all.push(name.replace('v', "yu"));
    } else if name.starts_with(['j', 'q', 'x', 'y']) && name[1..].starts_with('u') {
        all.push(name.replacen('u', "v", 1));
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letter_and_code_name_a_syllable() {
        let mut seen = std::collections::HashSet::new();
        for number in 0..SYLLABLES.names.len() {
            assert!(seen.insert(SYLLABLES.encode(number as Syllable)), "{}", SYLLABLES.names[number]);
        }
        assert!(SYLLABLES.names.is_sorted());
        assert!(SYLLABLES.names.iter().all(|name| (1..=6).contains(&name.len())));
        assert_eq!(SYLLABLES.number("lv").map(|lv| SYLLABLES.encode(lv).0), Some(b'l'));
        assert_eq!(SYLLABLES.number("hm"), None);
    }

    #[test]
    fn some_letters_only_begin_syllables() {
        for name in &SYLLABLES.names {
            for spelling in spellings(name) {
                assert!(!spelling[1..].contains(|c| "bcdfjklmpqstwxz".contains(c)), "{spelling}");
            }
        }
    }

    #[test]
    fn spellings_of_the_umlaut() {
        assert_eq!(spellings("lv"), ["lv", "lu", "lyu"]);
        assert_eq!(spellings("nve"), ["nve", "nue", "nyue"]);
        assert_eq!(spellings("xuan"), ["xuan", "xvan"]);
        assert_eq!(spellings("yuan"), ["yuan", "yvan"]);
        assert_eq!(spellings("shu"), ["shu"]);
    }
}
