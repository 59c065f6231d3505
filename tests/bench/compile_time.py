#!/usr/bin/env python3
"""What the mapper costs a program's compile, by compiler: CPU seconds at -O0, the best of several.

    tests/bench/compile_time.py [--runs 3] [--compilers g++,clang++]

Included: odm/odm.h alone. Entities: a model, its create, get, filtered query, update and remove.
The costs of an entity and of an attribute are differences between programs. Goals: everything
included 1.5 s, an entity 0.4 s, an attribute 5 ms. Reports; fails on nothing but errors.
"""
import argparse
import os
import pathlib
import resource
import shutil
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
TYPES = ["std::string", "int", "double", "bool", "std::optional<std::string>"]


def entity(number, attributes):
    name = f"E{number}"
    kinds = [TYPES[i % len(TYPES)] for i in range(attributes)]
    members = "".join(f"  {kind} a{i}{{}};\n" for i, kind in enumerate(kinds))
    declared = "".join(f'        .attribute("a{i}", &{name}::a{i})\n' for i in range(attributes))
    return f"""
struct {name} {{
  std::string id{{}};
  int count = 0;
{members}}};
template <> struct dynolith::odm::Model<{name}> {{
  using key = Key<&{name}::id>;
  static void define(Definition<{name}>& entity) {{
    entity.partition_key("id", &{name}::id)
        .attribute("count", &{name}::count, range(0, 100))
{declared};
  }}
}};
void use_{number}(const dynolith::odm::Table& table) {{
  using namespace dynolith::odm;
  auto items = table.entity<{name}>();
  (void)items.create({name}{{}});
  (void)items.get("x");
  (void)items.query("x").where(f(&{name}::count) > 3).all();
  (void)items.update("x").set(&{name}::count, 4).exec();
  (void)items.remove("x");
}}
"""


def program(entities, attributes):
    return '#include "odm/odm.h"\n' + "".join(entity(i, attributes) for i in range(entities))


def measure(compiler, text, runs, folder):
    source = pathlib.Path(folder) / "program.cc"
    source.write_text(text)
    best = None
    for _ in range(runs):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([compiler, "-std=gnu++20", "-O0", f"-I{ROOT}", "-c", str(source), "-o",
                        os.devnull], check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        best = seconds if best is None else min(best, seconds)
    return best


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--compilers", default="g++,clang++")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        for compiler in options.compilers.split(","):
            if not shutil.which(compiler):
                print(f"{compiler}: not installed")
                continue
            include = measure(compiler, '#include "odm/odm.h"\n', options.runs, folder)
            five = measure(compiler, program(5, 10), options.runs, folder)
            fifteen = measure(compiler, program(15, 10), options.runs, folder)
            wide = measure(compiler, program(5, 50), options.runs, folder)
            print(f"{compiler}: included {include:.2f} s; 5 entities of 12 attributes {five:.2f} s, "
                  f"15 {fifteen:.2f} s; an entity {(fifteen - five) / 10:.3f} s; an attribute "
                  f"{(wide - five) / 200 * 1000:.2f} ms")


if __name__ == "__main__":
    main()
