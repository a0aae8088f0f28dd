#!/bin/sh
exit 133
