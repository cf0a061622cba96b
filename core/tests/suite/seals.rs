//! The tree, the map and the checkpoint, against published vectors, a second implementation and themselves.

use crate::Dice;
use base64ct::{Base64, Encoding};
use dnc_core::audit::canonical::hex;
use dnc_core::audit::checkpoint::{self, Checkpoint, Problem};
use dnc_core::audit::merkle_tree::{self, Frontier, Hash, NodeReader};
use dnc_core::audit::sparse_map::{self, End, Item, Node, Path, Place};
use std::collections::HashMap;

/// Leaves and complete nodes as a log would store them.
#[derive(Default)]
struct Kept {
    nodes: HashMap<(u32, u64), Hash>,
    frontier: Frontier,
    roots: Vec<Hash>,
}

impl Kept {
    fn of(leaves: impl IntoIterator<Item = Hash>) -> Kept {
        let mut kept = Kept::default();
        kept.roots.push(kept.frontier.root());
        for leaf in leaves {
            let nodes = &mut kept.nodes;
            nodes.insert((0, kept.frontier.size()), leaf);
            kept.frontier.push(leaf, |level, index, hash| {
                if level % merkle_tree::TILE == 0 {
                    nodes.insert((level, index), *hash);
                }
            });
            kept.roots.push(kept.frontier.root());
        }
        kept
    }
}

impl NodeReader for Kept {
    type Error = (u32, u64);
    fn stored(&mut self, level: u32, index: u64) -> Result<Hash, (u32, u64)> {
        self.nodes.get(&(level, index)).copied().ok_or((level, index))
    }
}

/// The eight leaves with which Certificate Transparency's own implementations test RFC 6962.
fn known_leaves() -> Vec<Hash> {
    let leaves: [&[u8]; 8] = [
        b"",
        b"\x00",
        b"\x10",
        b"\x20\x21",
        b"\x30\x31",
        b"\x40\x41\x42\x43",
        b"\x50\x51\x52\x53\x54\x55\x56\x57",
        b"\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f",
    ];
    leaves.map(merkle_tree::leaf).to_vec()
}

#[test]
fn roots_of_the_known_leaves() {
    let kept = Kept::of(known_leaves());
    let want = [
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ];
    assert_eq!(kept.roots.iter().map(|r| hex(r)).collect::<Vec<_>>(), want);
}

#[test]
fn proofs_of_the_known_leaves() {
    let mut kept = Kept::of(known_leaves());
    let path = |p: Vec<Hash>| p.iter().map(|h| hex(h)).collect::<Vec<_>>();
    let inclusion = path(merkle_tree::inclusion(&mut kept, 5, 8).unwrap());
    assert_eq!(
        inclusion,
        [
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ]
    );
    let consistency = path(merkle_tree::consistency(&mut kept, 6, 8).unwrap());
    assert_eq!(
        consistency,
        [
            "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ]
    );
}

fn hashes(count: u64) -> impl Iterator<Item = Hash> {
    (0..count).map(|n| merkle_tree::leaf(&n.to_be_bytes()))
}

#[test]
fn every_proof_of_small_trees_holds_and_no_other() {
    let mut kept = Kept::of(hashes(70));
    for size in 1..=70u64 {
        let root = kept.roots[size as usize];
        assert_eq!(merkle_tree::root(&mut kept, size).unwrap(), root);
        assert_eq!(Frontier::of(&mut kept, size).unwrap().root(), root);
        for index in 0..size {
            let leaf = kept.nodes[&(0, index)];
            let path = merkle_tree::inclusion(&mut kept, index, size).unwrap();
            assert!(merkle_tree::includes(&leaf, index, size, &path, &root));
            assert!(!merkle_tree::includes(&leaf, index + 1, size, &path, &root));
            assert!(!merkle_tree::includes(&[0; 32], index, size, &path, &root));
            assert!(!merkle_tree::includes(&leaf, index, size, &[&path[..], &[root]].concat(), &root));
            assert!(path.is_empty() || !merkle_tree::includes(&leaf, index, size, &path[1..], &root));
        }
        for old in 0..=size {
            let path = merkle_tree::consistency(&mut kept, old, size).unwrap();
            let was = kept.roots[old as usize];
            assert!(merkle_tree::extends(old, &was, size, &root, &path), "{old} {size}");
            assert!(!merkle_tree::extends(old, &[1; 32], size, &root, &path));
            assert!(old == size || !merkle_tree::extends(old + 1, &was, size, &root, &path) || old == 0);
            assert!(old == 0 || !merkle_tree::extends(old, &was, size, &[1; 32], &path));
        }
    }
}

#[test]
fn a_tree_goes_on_from_what_is_stored_and_agrees_with_a_second_implementation() {
    use ct_merkle::mem_backed_tree::MemoryBackedTree;
    let count = 140_000;
    let mut kept = Kept::of(hashes(count));
    let mut theirs = MemoryBackedTree::<sha2::Sha256, Vec<u8>>::new();
    (0..count).for_each(|n| theirs.push(n.to_be_bytes().to_vec()));
    assert_eq!(theirs.root().as_bytes()[..], kept.frontier.root()[..]);
    let mut dice = Dice(0x7EE5);
    for _ in 0..200 {
        let size = 1 + dice.roll(count as usize) as u64;
        let root = kept.roots[size as usize];
        let mut again = Frontier::of(&mut kept, size).unwrap();
        assert_eq!(again.root(), root);
        hashes(count).skip(size as usize).take(300).for_each(|leaf| again.push(leaf, |_, _, _| {}));
        assert_eq!(again.root(), kept.roots[again.size() as usize]);
        let index = dice.roll(size as usize) as u64;
        let path = merkle_tree::inclusion(&mut kept, index, size).unwrap();
        assert!(merkle_tree::includes(&kept.nodes[&(0, index)], index, size, &path, &root));
        if size == count {
            continue;
        }
        let path = merkle_tree::consistency(&mut kept, size, count).unwrap();
        assert!(merkle_tree::extends(size, &root, count, &kept.roots[count as usize], &path));
        let mine: Vec<u8> = path.concat();
        assert_eq!(theirs.prove_consistency((count - size) as usize).as_bytes(), mine);
    }
    let index = 77_777;
    let mine: Vec<u8> = merkle_tree::inclusion(&mut kept, index, count).unwrap().concat();
    assert_eq!(theirs.prove_inclusion(index as usize).as_bytes(), mine);
    kept.nodes.remove(&(8, 3));
    assert_eq!(merkle_tree::root(&mut kept, 2000), Err((8, 3)));
}

/// The map built at once, and as the layers of a store build it.
fn layered(items: &[Item]) -> (Vec<Node>, Vec<Node>) {
    let group = |prefix: usize| {
        let (from, to) = ((prefix as u16).to_be_bytes(), prefix as u16);
        let start = items.partition_point(|i| i.place[..2] < from[..]);
        let end = items.partition_point(|i| u16::from_be_bytes([i.place[0], i.place[1]]) <= to);
        sparse_map::subtree(&items[start..end], 16)
    };
    let low: Vec<Node> = (0..1 << 16).map(group).collect();
    let high = low.chunks(256).map(sparse_map::layer).collect();
    (high, low)
}

fn prove(items: &[Item], high: &[Node], low: &[Node], place: &Place) -> Path {
    let mut siblings = Vec::new();
    let one = |siblings: &[Hash]| {
        let same = |i: &&Item| (0..siblings.len()).all(|d| (i.place[d / 8] ^ place[d / 8]) >> (7 - d % 8) & 1 == 0);
        End::Item(items.iter().find(same).unwrap().clone())
    };
    let mut reached = sparse_map::descend_layer(high, place, 0, &mut siblings);
    if reached.is_none() {
        let of = usize::from(place[0]) << 8;
        reached = sparse_map::descend_layer(&low[of..of + 256], place, 8, &mut siblings);
    }
    let end = match reached {
        Some(Node::Empty) => End::Empty,
        Some(_) => one(&siblings),
        None => {
            let inside: Vec<Item> = items.iter().filter(|i| i.place[..2] == place[..2]).cloned().collect();
            sparse_map::descend_items(&inside, place, 16, &mut siblings)
        }
    };
    Path { siblings, end }
}

#[test]
fn the_map_proves_what_is_in_it_and_what_is_not() {
    for count in [0, 1, 2, 3, 40, 5000, 200_000] {
        let mut items: Vec<Item> = (0..count)
            .map(|n| Item { place: sparse_map::place(b"key", &format!("phone:+{n}")), positions: vec![n, n + 7] })
            .collect();
        // Two that differ in their last bit only.
        if let Some(mut twin) = items.first().cloned() {
            twin.place[15] ^= 1;
            twin.positions = vec![3];
            items.push(twin);
        }
        items.sort_by_key(|i| i.place);
        let (high, low) = layered(&items);
        let root = sparse_map::layer(&high).hash();
        assert_eq!(root, sparse_map::subtree(&items, 0).hash(), "{count}");
        for item in items.iter().step_by(1 + items.len() / 300) {
            let path = prove(&items, &high, &low, &item.place);
            assert_eq!(sparse_map::proven(&item.place, &path, &root), Some(item.positions.clone()));
            let mut wrong = path.clone();
            if let End::Item(item) = &mut wrong.end {
                item.positions.push(9_999_999);
            }
            assert_eq!(sparse_map::proven(&item.place, &wrong, &root), None);
        }
        for n in 0..300 {
            let place = sparse_map::place(b"key", &format!("absent:{n}"));
            let path = prove(&items, &high, &low, &place);
            assert_eq!(sparse_map::proven(&place, &path, &root), Some(vec![]), "{count} {n}");
            // The same path proves nothing of a number that is there.
            if let Some(item) = items.first() {
                assert_ne!(sparse_map::proven(&item.place, &path, &root), Some(vec![]));
            }
            assert_eq!(sparse_map::proven(&place, &path, &[5; 32]), None);
        }
    }
}

#[test]
fn a_published_note_is_verified() {
    // The example of the Go package golang.org/x/mod/sumdb/note.
    let text = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
    let note = format!(
        "{text}\n— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
    );
    let key = Base64::decode_vec("ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW").unwrap();
    let public: [u8; 32] = key[1..].try_into().unwrap();
    let line = checkpoint::parse(&format!("o\n1\n{}\n\n{}", "A".repeat(43) + "=", note.split_once("\n\n").unwrap().1))
        .unwrap()
        .2
        .remove(0);
    assert!(checkpoint::is_signed(text, &line, "PeterNeumann", &public));
    assert!(!checkpoint::is_signed(&text.replace("your", "my"), &line, "PeterNeumann", &public));
    assert!(!checkpoint::is_signed(text, &line, "Peter", &public));
}

#[test]
fn checkpoints_are_read_as_they_were_written() {
    let seed = [9; 32];
    let checkpoint = Checkpoint { origin: "dnc/1".to_owned(), size: 4711, root: [3; 32] };
    let note = checkpoint.signed(&seed);
    let (text, read, lines) = checkpoint::parse(&note).unwrap();
    assert_eq!((&text, &read, lines.len()), (&checkpoint.text(), &checkpoint, 1));
    let public = checkpoint::public_bytes(&seed);
    assert!(checkpoint::is_signed(&text, &lines[0], "dnc/1", &public));
    assert!(!checkpoint::is_signed(&text, &lines[0], "dnc/1", &checkpoint::public_bytes(&[8; 32])));
    // A witness signs the same text, below; a mail program changes line ends.
    let both = format!("{note}{}", checkpoint::sign(&text, "witness.example", &[7; 32])).replace('\n', "\r\n");
    let (again, _, lines) = checkpoint::parse(&both).unwrap();
    assert_eq!((again, lines.len()), (text, 2));
    let root = "A".repeat(43) + "=";
    for (note, want) in [
        (String::new(), Problem::NoText),
        ("x\n1\nAAAA\n".to_owned(), Problem::NoText),
        (format!("\n1\n{root}\n\n— a AAAAAAAA\n"), Problem::Origin),
        (format!("x\n01\n{root}\n\n— a AAAAAAAA\n"), Problem::Size),
        (format!("x\n-1\n{root}\n\n— a AAAAAAAA\n"), Problem::Size),
        (format!("x\n99999999999999999999\n{root}\n\n— a AAAAAAAA\n"), Problem::Size),
        ("x\n1\nAAAA\n\n— a AAAAAAAA\n".to_owned(), Problem::Root),
        (format!("x\n1\n{root}\n\n- a AAAAAAAA\n"), Problem::Line),
        (format!("x\n1\n{root}\n\n— a AAA\n"), Problem::Line),
        (format!("x\n1\n{root}\n\n"), Problem::NoSignature),
        ("x".repeat(1 << 20), Problem::TooLong),
    ] {
        assert_eq!(checkpoint::parse(&note).unwrap_err(), want, "{:.40}", note);
    }
}
