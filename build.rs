//! Compiles the server anew when what it embeds has changed: the embedding macro itself is not asked again when only a file
//! came or went.

fn main() {
    // A watched path that does not exist would make every build a full one.
    let _ = std::fs::create_dir_all("target/site");
    println!("cargo::rerun-if-changed=target/site");
    println!("cargo::rerun-if-changed=build.rs");
}
