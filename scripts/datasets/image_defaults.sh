#!/usr/bin/env bash
# Trains on three directories of images, without options and with networks made by hand, and prints for each the accuracy on
# the test images and the processor's seconds, JVM included: the table of docs/image-commands.md. From the root of the repository:
#   scripts/datasets/image_defaults.sh
set -eu
cd "$(dirname "$0")/../.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
neurite=${NEURITE:-./neurite}
"${JAVA_HOME:?names a JDK 25}/bin/java" scripts/datasets/ImageFolders.java "$work"

# run DIRECTORY OPTION…: a line of the table
run() {
  local images=$1 accuracy
  shift
  TIMEFORMAT=%U
  { time accuracy=$($neurite train "$work/$images" "$@" --out "$work/run" --overwrite --threads 1 --json 2>"$work/log" |
    sed -n 's/.*"accuracy":\([0-9.]*\).*/\1/p') 2>&3; } 2>"$work/time" 3>&2
  printf '%-8s %.3f %5.0f s  %s\n' "$images" "$accuracy" "$(tail -1 "$work/time")" "${*:-(no options)}"
}

conv() {
  echo --stack "conv2d:channels=$1,kernel=3,padding=same,bias=false,weights=he-normal" --stack batch-norm:activation=relu
}

pool='--stack max-pool2d:kernel=2'
falling='--lr 0.003 --schedule cosine'
# shellcheck disable=SC2046,SC2086 # several options in one variable
{
  run shapes
  run shapes --model small-cnn --image-size 64 --batch 8 --epochs 32 $falling \
    --augment flip,translate,rotate:degrees=20,scale,brightness,contrast
  run shapes --image-size 32 --batch 8 --epochs 60 $falling --augment translate \
    $(conv 16) $pool $(conv 32) $pool $(conv 64) --stack global-max-pool
  run shapes --image-size 64 --layers 128 --batch 128 --epochs 5
  run digits
  run digits --gray --batch 64 --epochs 40 $falling $(conv 16) $(conv 32) $pool $(conv 64) --stack global-avg-pool
  run digits --gray --model keras-cnn --batch 64 --epochs 30
  run digits --layers 128 --batch 128 --epochs 5
  run clothes
  run clothes --gray --model keras-cnn --batch 64 --epochs 12
  run clothes --gray --batch 64 --epochs 20 $falling --augment flip,crop:padding=2 \
    $(conv 16) $pool $(conv 32) $pool $(conv 64)
  run clothes --layers 128 --batch 128 --epochs 5
}
